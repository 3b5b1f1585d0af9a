package org.rlaif.serving.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's only ONNX Runtime environment. Its thread pool is shared by every session, because
 * private pools starve each other, and can be set at the first call only.
 */
public final class OnnxRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntime.class);

  private static @Nullable OnnxRuntime shared;

  private final OrtEnvironment environment;
  private final int threads;
  private final boolean spinning;

  private OnnxRuntime(OrtEnvironment environment, int threads, boolean spinning) {
    this.environment = environment;
    this.threads = threads;
    this.spinning = spinning;
  }

  /**
   * The environment, made at the first call. Later calls get it as it is: the thread pool belongs
   * to the process.
   *
   * @param threads that compute one operator, the calling one included; 0: one per processor
   * @param spinning whether idle threads wait busily: faster alone, slower beside other engines
   */
  public static synchronized OnnxRuntime shared(int threads, boolean spinning) {
    int wanted = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    if (shared == null) {
      shared = new OnnxRuntime(create(wanted, spinning), wanted, spinning);
    } else if (shared.threads != wanted || shared.spinning != spinning) {
      LOG.warn(
          "ONNX Runtime already runs with {} threads, spinning {} in this process; "
              + "{} threads, spinning {} cannot be set any more",
          shared.threads,
          shared.spinning,
          wanted,
          spinning);
    }
    return shared;
  }

  private static OrtEnvironment create(int threads, boolean spinning) {
    NativeLibraries.unpack();
    try (var pool = new OrtEnvironment.ThreadingOptions()) {
      pool.setGlobalIntraOpNumThreads(threads);
      pool.setGlobalInterOpNumThreads(1);
      pool.setGlobalSpinControl(spinning);
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, "rlaif", pool);
      // Nothing is told to anybody; and what tells it has crashed in the middle of a run.
      environment.setTelemetry(false);
      return environment;
    } catch (OrtException e) {
      throw failure("start with " + threads + " threads", e);
    }
  }

  /** What computes, for people: name and version. */
  public String description() {
    return "onnxruntime " + environment.getVersion();
  }

  /** That compute one operator. */
  public int threads() {
    return threads;
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** ONNX Runtime's checked exception in one that says what was being done. */
  static IllegalStateException failure(String doing, OrtException e) {
    return new IllegalStateException("ONNX Runtime could not " + doing + ": " + e.getMessage(), e);
  }
}
