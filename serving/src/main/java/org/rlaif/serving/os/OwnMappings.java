package org.rlaif.serving.os;

/**
 * While this is open, every large piece of memory that anybody asks the C library for is a mapping
 * of its own. A session takes a piece for each matrix that it repacks, and the sessions of one
 * update after the other leave holes between what stays: that way the process grew for minutes, by
 * hundreds of MiB. A mapping goes back as a whole.
 *
 * <p>At other times large pieces come from memory that is kept, as they do once a process has freed
 * a few: LibTorch asks for many, at every step of a training.
 */
public final class OwnMappings implements AutoCloseable {
  private static final int LARGE = 1 << 20; // bytes

  // Where the C library's own adaption to what is freed ends; it knows none once it is told.
  private static final int LARGE_OTHERWISE = 32 << 20;
  private static final int KEPT = 2 * LARGE_OTHERWISE;

  private static int open;

  private OwnMappings() {}

  public static OwnMappings open() {
    synchronized (OwnMappings.class) {
      open++;
      CLibrary.keep(KEPT);
      CLibrary.mapFrom(LARGE);
    }
    return new OwnMappings();
  }

  @Override
  public void close() {
    synchronized (OwnMappings.class) {
      open--;
      if (open == 0) {
        CLibrary.mapFrom(LARGE_OTHERWISE);
      }
    }
  }
}
