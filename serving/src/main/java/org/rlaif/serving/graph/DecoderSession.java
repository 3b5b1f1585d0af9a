package org.rlaif.serving.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.onnx.BlockMatrix;
import org.rlaif.model.onnx.OnnxDecoder;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.os.BackgroundThread;
import org.rlaif.serving.os.OwnMappings;

/**
 * A graph joined with the weights of one arena. Matrices are repacked at creation, embeddings and
 * norms are read in place: the arena must not change while this is open.
 */
public final class DecoderSession implements AutoCloseable {
  private static final String EXTERNAL_DATA = "weights.bin";

  private final SessionOptions options;
  private final List<OnnxTensor> initializers;
  private final OrtSession session;

  private DecoderSession(
      SessionOptions options, List<OnnxTensor> initializers, OrtSession session) {
    this.options = options;
    this.initializers = initializers;
    this.session = session;
  }

  /**
   * A session to serve with.
   *
   * @param weights every initializer by its name, little-endian, in direct memory that stays as it
   *     is while the session is open
   */
  public static DecoderSession open(
      OnnxRuntime runtime,
      DecoderConfig config,
      Quantization quantization,
      Function<String, ByteBuffer> weights) {
    Function<String, FloatBuffer> floats = weights.andThen(ByteBuffer::asFloatBuffer);
    return open(
        runtime,
        OnnxDecoder.graph(config, quantization, EXTERNAL_DATA),
        initializers -> {
          initializers.floats(quantization.plain(config), floats);
          initializers.floats(OnnxDecoder.rotations(config), floats);
          initializers.floats(quantization.cacheScales(config), floats);
          for (BlockMatrix matrix : quantization.matrices(config)) {
            initializers.bytes(matrix.values(), weights.apply(matrix.values().name()));
            initializers.floats(List.of(matrix.scales()), floats);
            initializers.bytes(matrix.zeroPoints(), weights.apply(matrix.zeroPoints().name()));
          }
        });
  }

  /**
   * A session to compare with: fp32, whatever serves. It packs nothing, so that it is there at once
   * and takes no memory, and is slower.
   *
   * @param weights every parameter by its name, in direct memory
   */
  public static DecoderSession reference(
      OnnxRuntime runtime, DecoderConfig config, Function<String, FloatBuffer> weights) {
    return open(
        runtime,
        OnnxDecoder.graph(config, Quantization.NONE, EXTERNAL_DATA),
        initializers -> {
          initializers.options.addConfigEntry("session.disable_prepacking", "1");
          initializers.floats(config.parameters(), weights);
          for (var table : Rotations.of(config).entrySet()) {
            initializers.floats(List.of(table.getKey()), name -> table.getValue().asFloatBuffer());
          }
        });
  }

  private interface Supply {
    void to(Initializers initializers) throws OrtException;
  }

  /** Tensors that a session reads from memory of ours. */
  private record Initializers(
      OnnxRuntime runtime, SessionOptions options, List<OnnxTensor> tensors) {
    void floats(List<TensorSpec> specs, Function<String, FloatBuffer> numbers) throws OrtException {
      for (TensorSpec spec : specs) {
        FloatBuffer own = numbers.apply(spec.name());
        add(spec, OnnxTensor.createTensor(runtime.environment(), own, shape(spec)));
      }
    }

    void bytes(TensorSpec spec, ByteBuffer numbers) throws OrtException {
      add(
          spec,
          OnnxTensor.createTensor(runtime.environment(), numbers, shape(spec), OnnxJavaType.UINT8));
    }

    private void add(TensorSpec spec, OnnxTensor tensor) throws OrtException {
      tensors.add(tensor);
      options.addInitializer(spec.name(), tensor);
    }

    private static long[] shape(TensorSpec spec) {
      return spec.shape().stream().mapToLong(Long::longValue).toArray();
    }
  }

  private static DecoderSession open(OnnxRuntime runtime, byte[] graph, Supply supply) {
    var options = new SessionOptions();
    var initializers = new ArrayList<OnnxTensor>();
    try {
      options.disablePerSessionThreads();
      // The graph is written in its final form; rewriting it could lose an initializer's name.
      options.setOptimizationLevel(OptLevel.BASIC_OPT);
      // Batch sizes change all the time: a memory plan for each would only pile up.
      options.setMemoryPatternOptimization(false);
      supply.to(new Initializers(runtime, options, initializers));
      return new DecoderSession(options, initializers, create(runtime, graph, options));
    } catch (OrtException e) {
      release(options, initializers);
      throw OnnxRuntime.failure("build a session", e);
    } catch (RuntimeException | Error e) {
      release(options, initializers);
      throw e;
    }
  }

  private static OrtSession create(OnnxRuntime runtime, byte[] graph, SessionOptions options)
      throws OrtException {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("rlaif-graph-");
      // ONNX Runtime wants the external-data file to exist although every initializer is supplied;
      // left empty, a tensor that nobody supplied is an error and not an old weight.
      Files.createFile(folder.resolve(EXTERNAL_DATA));
      String file = Files.write(folder.resolve("model.onnx"), graph).toString();
      try (var mappings = OwnMappings.open()) {
        return BackgroundThread.natively(() -> runtime.environment().createSession(file, options));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the graph cannot be written to a temporary folder", e);
    } finally {
      if (folder != null) {
        AtomicFiles.deleteRecursively(folder);
      }
    }
  }

  /** Runs the graph; every output that is wanted is given memory by the caller. */
  void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
    try {
      session.run(inputs, outputs).close();
    } catch (OrtException e) {
      throw OnnxRuntime.failure("run the graph", e);
    }
  }

  /** The session goes first, what it reads from goes last. */
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw OnnxRuntime.failure("close a session", e);
    } finally {
      release(options, initializers);
    }
  }

  private static void release(SessionOptions options, List<OnnxTensor> initializers) {
    options.close();
    initializers.forEach(OnnxTensor::close);
  }
}
