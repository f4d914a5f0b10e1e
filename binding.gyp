{
  # The addon for release: prebuildify and node-gyp read this. Daily work, native tests and sanitizers use CMakeLists.txt, from
  # the same list of files; a contract test holds the two together.
  "includes": ["native/sources.gypi"],
  "targets": [
    {
      "target_name": "outbid",
      "sources": ["<@(core_files)", "<@(backend_files)", "<@(node_files)"],
      "include_dirs": ["native/core", "<!(node -p \"require('node-addon-api').include_dir\")"],
      "conditions": [["OS=='linux'", { "libraries": ["-ldl"] }]],
      "cflags!": ["-O2"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++20", "-O3", "-ffp-contract=off", "-fexceptions", "-fvisibility=hidden", "-fvisibility-inlines-hidden", "-Wno-missing-field-initializers"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
        "CLANG_CXX_LIBRARY": "libc++",
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_OPTIMIZATION_LEVEL": "3",
        "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
        "GCC_INLINES_ARE_PRIVATE_EXTERN": "YES",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
        "OTHER_CPLUSPLUSFLAGS": ["-ffp-contract=off"]
      },
      "msvs_settings": {
        "VCCLCompilerTool": {
          "ExceptionHandling": 1,
          "AdditionalOptions": ["/std:c++20", "/fp:precise"]
        }
      }
    }
  ]
}
