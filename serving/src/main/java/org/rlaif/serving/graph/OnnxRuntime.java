package org.rlaif.serving.graph;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's only ONNX Runtime environment. Its thread pool is shared by every session, because
 * private pools starve each other, and can be set at the first call only.
 */
public final class OnnxRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntime.class);
  private static final String NAME = "rlaif";

  private static @Nullable OnnxRuntime shared;

  private final OrtEnvironment environment;
  private final ComputeConfig compute;

  private OnnxRuntime(OrtEnvironment environment, ComputeConfig compute) {
    this.environment = environment;
    this.compute = compute;
  }

  /**
   * The environment, made at the first call. Later calls get it as it is: the thread pool belongs
   * to the process.
   */
  public static synchronized OnnxRuntime shared(ComputeConfig asked) {
    int threads =
        asked.threads() == 0 ? Runtime.getRuntime().availableProcessors() : asked.threads();
    var wanted = new ComputeConfig(threads, asked.device());
    if (shared == null) {
      shared = new OnnxRuntime(create(wanted), wanted);
    } else if (!shared.compute.equals(wanted)) {
      LOG.warn(
          "ONNX Runtime already runs with {} in this process; {} cannot be set any more",
          shared.compute,
          wanted);
    }
    return shared;
  }

  private static OrtEnvironment create(ComputeConfig compute) {
    NativeLibraries.unpack();
    try (var pool = new OrtEnvironment.ThreadingOptions()) {
      pool.setGlobalIntraOpNumThreads(compute.threads());
      pool.setGlobalInterOpNumThreads(1);
      // Idle threads sleep: LibTorch, clients and transport want the same cores.
      pool.setGlobalSpinControl(false);
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, NAME, pool);
      // Nothing is told to anybody; and what tells it has crashed in the middle of a run.
      environment.setTelemetry(false);
      keep();
      return environment;
    } catch (OrtException e) {
      throw failure("start with " + compute, e);
    }
  }

  /**
   * Takes a second reference to the environment, which is never given back. The first one is given
   * back by a hook of ONNX Runtime's when the process is told to end, and without another the
   * environment would go at once, and its threads with it, under the runs that are not finished:
   * the process crashed. There is no public way to either.
   */
  private static void keep() {
    try {
      Class<?> library = Class.forName("ai.onnxruntime.OnnxRuntime");
      Field api = library.getDeclaredField("ortApiHandle");
      api.setAccessible(true);
      Method create =
          OrtEnvironment.class.getDeclaredMethod(
              "createHandle", long.class, int.class, String.class);
      create.setAccessible(true);
      int level = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue();
      create.invoke(null, api.getLong(null), level, NAME);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("not the ONNX Runtime that this was written for: " + e, e);
    }
  }

  /** What computes, for people: name and version. */
  public String description() {
    return "onnxruntime " + environment.getVersion();
  }

  /** As it was set, with the number of threads. */
  public ComputeConfig compute() {
    return compute;
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** ONNX Runtime's checked exception in one that says what was being done. */
  static IllegalStateException failure(String doing, OrtException e) {
    return new IllegalStateException("ONNX Runtime could not " + doing + ": " + e.getMessage(), e);
  }
}
