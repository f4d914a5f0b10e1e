{
  "variables": {
    "core_files": [
      "core/best.cpp",
      "core/bid.cpp",
      "core/bid_class.cpp",
      "core/certificate.cpp",
      "core/classes.cpp",
      "core/columns.cpp",
      "core/complete.cpp",
      "core/exact_sum.cpp",
      "core/finish.cpp",
      "core/grid.cpp",
      "core/lower.cpp",
      "core/market.cpp",
      "core/offer.cpp",
      "core/pull.cpp",
      "core/push.cpp",
      "core/reach.cpp",
      "core/row_scan.cpp",
      "core/rows/row_layout.cpp",
      "core/rows/row_loops.cpp",
      "core/rows/row_market.cpp",
      "core/rows/row_solver.cpp",
      "core/schedule.cpp",
      "core/slot_values.cpp",
      "core/solve.cpp"
    ],
    "node_files": [
      "node/addon.cpp",
      "node/convert.cpp",
      "node/environment.cpp",
      "node/jobs.cpp"
    ]
  }
}
