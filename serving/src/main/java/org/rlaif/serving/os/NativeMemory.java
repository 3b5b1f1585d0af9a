package org.rlaif.serving.os;

/** What the C library has of the system's memory. */
public final class NativeMemory {
  private NativeMemory() {}

  /**
   * Whole pages that are free go back to the system; whether there were any, where that is known.
   */
  public static boolean giveBack() {
    return CLibrary.trim();
  }
}
