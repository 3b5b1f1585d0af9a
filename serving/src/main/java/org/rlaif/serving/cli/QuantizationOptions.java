package org.rlaif.serving.cli;

import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import picocli.CommandLine.Option;

/** How the numbers of policies are kept while they serve. */
public final class QuantizationOptions {
  @Option(
      names = "--weights",
      defaultValue = "fp32",
      description =
          "Matrices of policies: fp32, int8 or int4 (default: ${DEFAULT-VALUE}). Smaller ones are"
              + " faster, most of all for few sequences, and less exact: the loss is measured.")
  private String weights = "";

  @Option(
      names = "--kv-cache",
      defaultValue = "fp32",
      description =
          "Keys and values of policies: fp32 or int8 (default: ${DEFAULT-VALUE}); in int8 four"
              + " times as many sequences fit.")
  private String kvCache = "";

  public Quantization quantization() {
    return new Quantization(
        Precision.of("--weights", weights), Precision.of("--kv-cache", kvCache));
  }
}
