package org.rlaif.model.onnx;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Dtype;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.model.text.Tokenizer;

/**
 * A model as one ONNX file for other people's tools, {@value #MODEL} with its weights inside; or
 * beside it, in {@value #DATA}, where they are too large for one message of protobuf. Around it
 * lies what such tools want to know: configuration, tokenizer and chat template. The weights go
 * from the model folder to the file piece by piece, in fp32 however they are stored.
 */
public final class OnnxExport {
  static final String MODEL = "model.onnx";
  static final String DATA = "model.onnx_data";

  /** A message ends at 2 GiB, and some readers hold it twice. */
  static final long MAX_EMBEDDED_BYTES = 1_500_000_000L;

  /** Where tensors begin in a file of their own, so that it can be mapped. */
  private static final int PAGE = 4096;

  private final ModelFolder model;
  private final Weights weights;
  private final LongConsumer written;

  private OnnxExport(ModelFolder model, LongConsumer written) {
    this.model = model;
    this.weights =
        model
            .weights()
            .storedAs(
                model.weights().specs().stream()
                    .collect(toMap(TensorSpec::name, spec -> Dtype.F32)));
    this.written = written;
  }

  /**
   * Writes a new folder, whole or not at all.
   *
   * @param weightsVersion as a server counts them; 0: as the folder has them
   * @param producerVersion of this program
   * @param written told of the bytes of every tensor, {@link #byteCount} in all
   */
  public static void write(
      ModelFolder model,
      Path folder,
      long weightsVersion,
      String producerVersion,
      LongConsumer written) {
    write(model, folder, weightsVersion, producerVersion, written, MAX_EMBEDDED_BYTES);
  }

  static void write(
      ModelFolder model,
      Path folder,
      long weightsVersion,
      String producerVersion,
      LongConsumer written,
      long maxEmbeddedBytes) {
    UserError.require(weightsVersion >= 0, "weights version", weightsVersion, ">= 0");
    UserError.require(isFree(folder), "output folder", folder, "a new or an empty one");
    var export = new OnnxExport(model, written);
    ModelProto.Builder header =
        PortableDecoder.graph(model.config())
            .model()
            .setProducerVersion(producerVersion)
            .setModelVersion(weightsVersion);
    export
        .metadata(weightsVersion)
        .forEach((key, value) -> header.addMetadataProps(OnnxGraph.entry(key, value)));
    boolean embedded = byteCount(model.config()) <= maxEmbeddedBytes;
    AtomicFiles.folder(
        folder,
        inside -> {
          model.copyDescription(inside);
          if (embedded) {
            export.writeEmbedded(inside.resolve(MODEL), header);
          } else {
            export.writeBeside(inside, header);
          }
        });
  }

  /** Of all weights in fp32. */
  public static long byteCount(DecoderConfig config) {
    return config.parameterCount() * Float.BYTES;
  }

  private static boolean isFree(Path folder) {
    if (!Files.exists(folder)) {
      return true;
    }
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.findAny().isEmpty();
    } catch (IOException e) {
      throw new UserError(folder + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** What the weights are and where a completion ends, for whoever has nothing but the file. */
  private Map<String, String> metadata(long weightsVersion) {
    var metadata = new LinkedHashMap<String, String>();
    metadata.put("model", model.path().toAbsolutePath().normalize().getFileName().toString());
    metadata.put("family", model.config().family().modelType());
    metadata.put("weights_version", Long.toString(weightsVersion));
    for (Path file : ModelFolder.files(model.path())) {
      if (file.toString().endsWith(".safetensors")) {
        metadata.put("sha256 of " + file.getFileName(), AtomicFiles.sha256(file));
      }
    }
    Tokenizer tokenizer = model.tokenizer();
    metadata.put(
        "eos_token_id",
        Arrays.stream(tokenizer.endIds()).mapToObj(Integer::toString).collect(joining(",")));
    tokenizer.bosId().ifPresent(id -> metadata.put("bos_token_id", Integer.toString(id)));
    tokenizer.padId().ifPresent(id -> metadata.put("pad_token_id", Integer.toString(id)));
    if (model.config().head() == Head.SCORE) {
      metadata.putAll(scores());
    }
    return metadata;
  }

  /** What logits of a reward model are, and how they become the scores that a server gives. */
  private Map<String, String> scores() {
    int padding = model.config().scorePadding();
    return Map.of(
        "logits",
        "raw scores of whole sequences, prompt and completion and behind it the end_token_id, which"
            + " the caller appends; each is read at the row's last token"
            + (padding < 0 ? "" : " that is not " + padding),
        "end_token_id",
        Integer.toString(model.tokenizer().eosId()),
        "score",
        "(logits - score_mean) / score_standard_deviation",
        "score_mean",
        Double.toString(model.scoreScale().mean()),
        "score_standard_deviation",
        Double.toString(model.scoreScale().standardDeviation()));
  }

  /**
   * Writes the message field by field, as its library would: the lengths of the nested ones are
   * known before their numbers are read.
   */
  private void writeEmbedded(Path file, ModelProto.Builder header) throws IOException {
    GraphProto graph = header.getGraph();
    List<TensorSpec> specs = weights.specs();
    var tensors = new ArrayList<TensorProto>();
    long graphBytes = graph.getSerializedSize();
    for (TensorSpec spec : specs) {
      TensorProto tensor = OnnxGraph.tensor(spec, DataType.FLOAT).build();
      tensors.add(tensor);
      int bytes = byteCount(tensor, spec);
      graphBytes +=
          CodedOutputStream.computeTagSize(GraphProto.INITIALIZER_FIELD_NUMBER)
              + CodedOutputStream.computeUInt32SizeNoTag(bytes)
              + bytes;
    }
    try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
      var out = CodedOutputStream.newInstance(Channels.newOutputStream(channel));
      header.clearGraph().build().writeTo(out);
      nested(out, ModelProto.GRAPH_FIELD_NUMBER, Math.toIntExact(graphBytes));
      graph.writeTo(out);
      for (int i = 0; i < specs.size(); i++) {
        TensorSpec spec = specs.get(i);
        nested(out, GraphProto.INITIALIZER_FIELD_NUMBER, byteCount(tensors.get(i), spec));
        tensors.get(i).writeTo(out);
        nested(out, TensorProto.RAW_DATA_FIELD_NUMBER, Weights.byteCount(spec));
        out.flush();
        numbers(spec, channel);
      }
      out.flush();
    }
  }

  /** A nested message, or raw bytes, of which so many follow. */
  private static void nested(CodedOutputStream out, int field, int bytes) throws IOException {
    out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(bytes);
  }

  /** Of a tensor with its numbers. */
  private static int byteCount(TensorProto tensor, TensorSpec spec) {
    int numbers = Weights.byteCount(spec);
    return tensor.getSerializedSize()
        + CodedOutputStream.computeTagSize(TensorProto.RAW_DATA_FIELD_NUMBER)
        + CodedOutputStream.computeUInt32SizeNoTag(numbers)
        + numbers;
  }

  private void writeBeside(Path folder, ModelProto.Builder header) throws IOException {
    try (FileChannel channel = FileChannel.open(folder.resolve(DATA), CREATE_NEW, WRITE)) {
      for (TensorSpec spec : weights.specs()) {
        long gap = Math.floorMod(-channel.position(), PAGE);
        channel.write(ByteBuffer.allocate((int) gap));
        header
            .getGraphBuilder()
            .addInitializer(
                OnnxGraph.tensor(spec, DataType.FLOAT)
                    .setDataLocation(DataLocation.EXTERNAL)
                    .addExternalData(OnnxGraph.entry("location", DATA))
                    .addExternalData(OnnxGraph.entry("offset", Long.toString(channel.position())))
                    .addExternalData(
                        OnnxGraph.entry("length", Integer.toString(Weights.byteCount(spec)))));
        numbers(spec, channel);
      }
    }
    Files.write(folder.resolve(MODEL), header.build().toByteArray());
  }

  private void numbers(TensorSpec spec, FileChannel channel) throws IOException {
    weights.write(spec.name(), channel);
    written.accept(Weights.byteCount(spec));
  }
}
