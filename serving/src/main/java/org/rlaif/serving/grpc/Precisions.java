package org.rlaif.serving.grpc;

import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.serving.update.QuantizationLoss;
import org.rlaif.v1.Precision;

/** Precisions and what they lose, as messages. */
final class Precisions {
  private Precisions() {}

  /**
   * Null: unspecified.
   *
   * @param name of the field
   */
  static org.rlaif.model.onnx.@Nullable Precision parse(String name, int value) {
    Precision precision = Precision.forNumber(value);
    if (precision == null) {
      throw UserError.expected(name, value, "fp32, int8 or int4");
    }
    return switch (precision) {
      case PRECISION_FP32 -> org.rlaif.model.onnx.Precision.FP32;
      case PRECISION_INT8 -> org.rlaif.model.onnx.Precision.INT8;
      case PRECISION_INT4 -> org.rlaif.model.onnx.Precision.INT4;
      default -> null;
    };
  }

  static Precision message(org.rlaif.model.onnx.Precision precision) {
    return Precision.valueOf("PRECISION_" + precision.name());
  }

  static org.rlaif.v1.QuantizationLoss message(QuantizationLoss loss) {
    return org.rlaif.v1.QuantizationLoss.newBuilder()
        .setMeanAbsLogprobDifference(loss.meanAbsDifference())
        .setMaxAbsLogprobDifference(loss.maxAbsDifference())
        .setKl(loss.kl())
        .setTokens(loss.tokens())
        .setPrompts(loss.prompts())
        .build();
  }
}
