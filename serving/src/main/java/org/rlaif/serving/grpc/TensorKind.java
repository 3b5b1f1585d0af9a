package org.rlaif.serving.grpc;

import org.rlaif.inference.DataType;

/** The kinds of elements that tensors have here, named as in the protocol. */
enum TensorKind {
  BOOL(1, DataType.TYPE_BOOL),
  UINT32(Integer.BYTES, DataType.TYPE_UINT32),
  INT64(Long.BYTES, DataType.TYPE_INT64),
  FP32(Float.BYTES, DataType.TYPE_FP32),
  BYTES(0, DataType.TYPE_STRING);

  private final int size;
  private final DataType configured;

  TensorKind(int size, DataType configured) {
    this.size = size;
    this.configured = configured;
  }

  /** Of an element, in bytes; 0: it differs. */
  int size() {
    return size;
  }

  /** The name that a model's configuration has for it. */
  DataType configured() {
    return configured;
  }
}
