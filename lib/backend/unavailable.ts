/** Why a backend cannot be used, as stable codes: `code` in backends(), `reason` in an error BACKEND_UNAVAILABLE. */
export const UNAVAILABLE_CODES = {
  NATIVE_NOT_BUILT: 'There is no native build here; plug-ins are loaded by it, so cuda is not usable either.',
  NATIVE_UNREADABLE: 'There is a native build that does not load, or one of another version.',
  PLATFORM_UNSUPPORTED: 'Plug-ins are not loaded on this system.',
  PLUGIN_NOT_INSTALLED: 'The shared library of the plug-in is in none of the places looked at.',
  PLUGIN_UNREADABLE: 'The shared library is there and the system does not load it.',
  PLUGIN_SYMBOL_MISSING: 'The shared library loads and is no plug-in of outbid.',
  PLUGIN_API_MISMATCH: 'The plug-in was built for another version of the contract between it and outbid.',
  DRIVER_NOT_FOUND: 'The driver of the device is not installed.',
  DRIVER_TOO_OLD: 'The driver of the device is older than the plug-in needs.',
  NO_DEVICE: 'There is no device, or none is visible to this process.',
  ARCH_UNSUPPORTED: 'There is a device, and the plug-in has no code for its kind.',
  DEVICE_FAILED: 'The device or its driver reported an error.',
  OUT_OF_MEMORY: 'There was no memory to ask.',
  INTERNAL: 'The plug-in failed in a way the contract has no code for.',
} as const;

export type UnavailableCode = keyof typeof UNAVAILABLE_CODES;

export function isUnavailableCode(code: string): code is UnavailableCode {
  return Object.hasOwn(UNAVAILABLE_CODES, code);
}
