package org.rlaif.serving.grpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.inference.InferTensorContents;
import org.rlaif.inference.ModelInferRequest;
import org.rlaif.inference.ModelInferRequest.InferInputTensor;
import org.rlaif.kit.UserError;
import org.rlaif.v1.Input;

/** The tensors of a request, raw or typed. What a model does not take is refused at once. */
final class InferInputs {
  private record Given(InferInputTensor tensor, @Nullable ByteString raw) {}

  private final Map<String, Given> given = new LinkedHashMap<>();
  private final Map<String, TensorSignature> known = new LinkedHashMap<>();

  InferInputs(ModelInferRequest request, List<TensorSignature> signatures) {
    signatures.forEach(each -> known.put(each.name(), each));
    boolean raw = request.getRawInputContentsCount() > 0;
    UserError.require(
        !raw || request.getRawInputContentsCount() == request.getInputsCount(),
        "raw_input_contents",
        request.getRawInputContentsCount() + " tensors",
        request.getInputsCount() + ", one for each of inputs, or none");
    for (int i = 0; i < request.getInputsCount(); i++) {
      InferInputTensor tensor = request.getInputs(i);
      check(tensor);
      UserError.require(
          !raw || !tensor.hasContents(),
          tensor.getName(),
          "contents beside raw_input_contents",
          "one of them");
      var one = new Given(tensor, raw ? request.getRawInputContents(i) : null);
      UserError.require(
          given.put(tensor.getName(), one) == null, tensor.getName(), "given twice", "once");
    }
  }

  private void check(InferInputTensor tensor) {
    String name = tensor.getName();
    TensorSignature signature = known.get(name);
    if (signature == null) {
      throw UserError.expected(
          "inputs", name.isEmpty() ? "\"\"" : name, "some of " + known.keySet());
    }
    UserError.require(
        tensor.getDatatype().equals(signature.kind().name()),
        name,
        "datatype " + (tensor.getDatatype().isEmpty() ? "\"\"" : tensor.getDatatype()),
        signature.kind().name());
    UserError.require(
        signature.fits(tensor.getShapeList()),
        name,
        "shape " + tensor.getShapeList(),
        signature.shape() + "; -1 is any size");
    UserError.require(
        tensor.getParametersCount() == 0,
        name,
        "parameters " + tensor.getParametersMap().keySet(),
        "none for a tensor");
  }

  boolean has(String name) {
    return given.containsKey(name);
  }

  /** The elements of a BYTES tensor, which have to be text; empty if it was not given. */
  Optional<List<String>> texts(String name) {
    return bytes(name).map(all -> all.stream().map(ByteString::toStringUtf8).toList());
  }

  private Optional<List<ByteString>> bytes(String name) {
    return given(name)
        .map(
            one -> {
              List<ByteString> elements =
                  one.raw == null
                      ? one.tensor.getContents().getBytesContentsList()
                      : prefixed(name, one.raw);
              counted(name, one.tensor, elements.size());
              for (int i = 0; i < elements.size(); i++) {
                UserError.require(
                    elements.get(i).isValidUtf8(), name + "[" + i + "]", "bytes", "text in UTF-8");
              }
              return elements;
            });
  }

  /** The elements of an INT64 tensor, which have to be token ids; empty if it was not given. */
  Optional<int[]> ids(String name) {
    return given(name)
        .map(
            one -> {
              InferTensorContents typed = one.tensor.getContents();
              ByteBuffer raw = raw(name, one);
              int count =
                  raw == null ? typed.getInt64ContentsCount() : raw.remaining() / Long.BYTES;
              counted(name, one.tensor, count);
              int[] ids = new int[count];
              for (int i = 0; i < count; i++) {
                long id = raw == null ? typed.getInt64Contents(i) : raw.getLong();
                UserError.require(id == (int) id, name, "token id " + id, "one of the vocabulary");
                ids[i] = (int) id;
              }
              return ids;
            });
  }

  /** The one element of a BOOL tensor; empty if it was not given. */
  Optional<Boolean> flag(String name) {
    return given(name)
        .map(
            one -> {
              InferTensorContents typed = one.tensor.getContents();
              ByteBuffer raw = raw(name, one);
              counted(
                  name, one.tensor, raw == null ? typed.getBoolContentsCount() : raw.remaining());
              return raw == null ? typed.getBoolContents(0) : raw.get() != 0;
            });
  }

  /** Many texts, by their names, or the token ids of one sequence. */
  Map<String, Input> sequences(String text, String ids) {
    UserError.require(
        has(text) != has(ids),
        text,
        has(text) ? "given beside " + ids : "missing",
        text + " or " + ids);
    Map<String, Input> sequences = new LinkedHashMap<>();
    bytes(text)
        .ifPresentOrElse(
            texts -> {
              UserError.require(!texts.isEmpty(), text, "no elements", "at least one");
              for (int i = 0; i < texts.size(); i++) {
                sequences.put(
                    text + "[" + i + "]", Input.newBuilder().setTextBytes(texts.get(i)).build());
              }
            },
            () -> ids(ids).ifPresent(one -> sequences.put(ids, RlaifClient.tokens(one))));
    return sequences;
  }

  private Optional<Given> given(String name) {
    return Optional.ofNullable(given.get(name));
  }

  private @Nullable ByteBuffer raw(String name, Given one) {
    if (one.raw == null) {
      return null;
    }
    TensorSignature signature = known.get(name);
    int size = signature == null ? 1 : signature.kind().size();
    UserError.require(
        one.raw.size() % size == 0,
        name,
        one.raw.size() + " raw bytes",
        "a multiple of " + size + ", the size of an element");
    return one.raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static List<ByteString> prefixed(String name, ByteString raw) {
    List<ByteString> elements = new ArrayList<>();
    ByteBuffer lengths = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (at < raw.size()) {
      long length =
          raw.size() - at < Integer.BYTES ? -1 : Integer.toUnsignedLong(lengths.getInt(at));
      at += Integer.BYTES;
      UserError.require(
          length >= 0 && length <= raw.size() - at,
          name,
          raw.size() + " raw bytes, which end within element " + elements.size(),
          "elements behind their lengths in 4 bytes");
      elements.add(raw.substring(at, at + (int) length));
      at += (int) length;
    }
    return elements;
  }

  private static void counted(String name, InferInputTensor tensor, int elements) {
    // Where a size is 0 the others do not matter; where it overflows, no message is that long.
    long wanted = 1;
    for (long size : tensor.getShapeList()) {
      wanted = size == 0 ? 0 : Math.min(wanted * Math.min(size, 1L << 31), 1L << 31);
    }
    UserError.require(
        elements == wanted,
        name,
        elements + " elements",
        "as many as its shape " + tensor.getShapeList() + " has");
  }
}
