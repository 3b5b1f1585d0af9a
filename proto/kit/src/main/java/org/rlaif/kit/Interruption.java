package org.rlaif.kit;

/**
 * While it is open, a signal that ends the process (SIGINT as Ctrl-C sends it, SIGTERM, SIGHUP) is
 * answered with a line on standard error. The exit code is Java's own, which is what shells expect:
 * 128 and the signal's number.
 */
public final class Interruption implements AutoCloseable {
  private final Thread hook;

  private Interruption(Thread hook) {
    this.hook = hook;
  }

  /**
   * Says that a command was interrupted, and what that means.
   *
   * @param command what it is called, for example {@code "rlaif"}
   * @param meaning for example {@code "nothing was written"}
   */
  public static Interruption says(String command, String meaning) {
    Thread hook =
        new Thread(
            () -> {
              TerminalLine.leave();
              System.err.println(command + ": interrupted; " + meaning);
            },
            "rlaif-interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    return new Interruption(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // Then it says so.
    }
  }
}
