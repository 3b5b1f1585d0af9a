package org.rlaif.torch;

import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.mkl.global.mkl_rt;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.global.torch;
import org.rlaif.kit.UserError;

/**
 * LibTorch as a whole: threads, seed, and whether operations are recorded for {@link
 * Tensor#backward()}.
 *
 * <p>Threads of OpenMP wait for their next piece of work in a busy loop, which is a fine thing on
 * an idle machine and a terrible one where ONNX Runtime or anybody else wants the same cores: with
 * two cores and busy neighbours a training step took 1,600 ms instead of 150. Only the environment
 * variable {@code OMP_WAIT_POLICY=PASSIVE} changes that, and only if it is there before the process
 * starts; the launcher sets it.
 */
public final class Torch {
  private static final String BLAS = "org.bytedeco.openblas.load";

  private static final boolean MKL;

  static {
    // LibTorch's threads are GNU OpenMP's. OpenBLAS has threads of its own, MKL by default Intel
    // OpenMP's, and waiting threads of one pool would take the cores from the other. So: MKL, on
    // the pool of LibTorch. Both must be said before either library does anything.
    if (System.getProperty(BLAS) == null && Loader.getPlatform().equals("linux-x86_64")) {
      System.setProperty(BLAS, "mkl");
    }
    MKL = "mkl".equals(System.getProperty(BLAS));
    if (MKL) {
      mkl_rt.MKL_Set_Threading_Layer(mkl_rt.MKL_THREADING_GNU);
    }
    threads(Runtime.getRuntime().availableProcessors());
  }

  private Torch() {}

  /** Seeds LibTorch's own generator. Nothing in this package draws from it. */
  public static void seed(long seed) {
    torch.manual_seed(seed);
  }

  /** Threads that one operation may use; at first one per core. */
  public static void threads(int threads) {
    UserError.require(threads >= 1, "threads", threads, ">= 1");
    torch.set_num_threads(threads);
    if (MKL) {
      mkl_rt.MKL_Set_Num_Threads(threads);
    }
  }

  /** Until it is closed, operations of this thread leave no history for the backward pass. */
  public static NoGrad noGrad() {
    return new NoGrad();
  }

  /** Open while this thread records no history; see {@link Torch#noGrad()}. */
  public static final class NoGrad implements AutoCloseable {
    private final boolean before = GradMode.is_enabled();

    private NoGrad() {
      GradMode.set_enabled(false);
    }

    @Override
    public void close() {
      GradMode.set_enabled(before);
    }
  }

  /** Like {@link #call}, for an operation without a result. */
  static void run(Runnable operation) {
    call(
        () -> {
          operation.run();
          return true;
        });
  }

  /** Makes sure that this class is initialised before LibTorch is. */
  static void ready() {}

  /**
   * Runs an operation of LibTorch. Its messages bring pages of C++ frames along; their first line
   * says what is wrong.
   */
  static <T> T call(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (RuntimeException e) {
      if (e.getClass() != RuntimeException.class) {
        throw e; // not from C++
      }
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(message.lines().findFirst().orElse(message));
    }
  }
}
