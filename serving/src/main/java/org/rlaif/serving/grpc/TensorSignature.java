package org.rlaif.serving.grpc;

import java.util.List;
import org.rlaif.inference.ModelMetadataResponse.TensorMetadata;

/**
 * A tensor that a model takes or gives.
 *
 * @param shape -1 is any size
 */
record TensorSignature(String name, TensorKind kind, List<Long> shape) {
  private static final long ANY = -1;

  /** An element for each prompt, completion, or pair of them. */
  static TensorSignature list(String name, TensorKind kind) {
    return new TensorSignature(name, kind, List.of(ANY));
  }

  /** A single value. */
  static TensorSignature single(String name, TensorKind kind) {
    return new TensorSignature(name, kind, List.of(1L));
  }

  /** The tokens of one sequence. */
  static TensorSignature row(String name, TensorKind kind) {
    return new TensorSignature(name, kind, List.of(1L, ANY));
  }

  /** The tokens of many sequences, padded on the right. */
  static TensorSignature table(String name, TensorKind kind) {
    return new TensorSignature(name, kind, List.of(ANY, ANY));
  }

  TensorMetadata metadata() {
    return TensorMetadata.newBuilder()
        .setName(name)
        .setDatatype(kind.name())
        .addAllShape(shape)
        .build();
  }

  /** Whether a tensor may have that shape. */
  boolean fits(List<Long> given) {
    if (given.size() != shape.size()) {
      return false;
    }
    for (int i = 0; i < given.size(); i++) {
      long wanted = shape.get(i);
      if (given.get(i) < 0 || (wanted != ANY && wanted != given.get(i))) {
        return false;
      }
    }
    return true;
  }

  static List<String> names(List<TensorSignature> signatures) {
    return signatures.stream().map(TensorSignature::name).toList();
  }
}
