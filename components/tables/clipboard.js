// Gives a text to the clipboard; resolves to whether the browser let it.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard but on safe addresses, or the person refused.
    return false;
  }
}
