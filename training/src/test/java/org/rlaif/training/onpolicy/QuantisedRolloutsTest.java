package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.onpolicy.ToyLoop.toy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.learning.ToyModels;

/**
 * A policy that writes in whole numbers is not quite the trainer's; what it writes is corrected.
 */
class QuantisedRolloutsTest {
  @TempDir private Path out;

  @ParameterizedTest
  @CsvSource({"ppo, int8", "grpo, int8", "ppo, int4"})
  void learnsFromWhatAQuantisedPolicyWrites(String algorithm, String weights) {
    RunConfig config = toy("algorithm=" + algorithm, "onPolicy.rolloutWeights=" + weights);
    OnPolicyFigures figures;
    try (RlaifServer server = quantised(Precision.of("weights", weights));
        RlaifClient client = ToyModels.client(server)) {
      figures = ToyLoop.run(config, 0, out, client);
    }
    assertTrue(figures.score() > figures.start().score() + 0.3, figures.toString());
    for (JsonNode row : ToyLoop.metrics(out)) {
      // Server and trainer differ by more than the engines do, from the first batch on.
      assertTrue(row.get("correctionMax").asDouble() > 1.001, row.toString());
      assertTrue(row.get("correctionTruncated").asDouble() < 0.1, row.toString());
      assertEquals(1, row.get("correctionMean").asDouble(), 0.1, row.toString());
      // To the trainer's own probabilities there is no ratio before the first step.
      assertEquals(1, row.get("firstRatioMax").asDouble(), 1e-5, row.toString());
      assertTrue(row.path("parity").isMissingNode(), row.toString());
      // What is published is judged before it is quantised.
      assertTrue(row.get("publishParity").asDouble() < 1e-4, row.toString());
    }
  }

  /** Uncorrected, the first minibatch's ratios are what quantising has done. */
  @Test
  void withoutCorrectionTheRatiosShowIt() {
    try (RlaifServer server = quantised(Precision.INT4);
        RlaifClient client = ToyModels.client(server)) {
      ToyLoop.run(toy(1, 1e-3), 0, out, client);
    }
    JsonNode row = ToyLoop.metrics(out).get(0);
    assertTrue(row.get("firstRatioMax").asDouble() > 1.01, row.toString());
    assertTrue(row.get("parity").asDouble() > 0.01, row.toString());
  }

  @Test
  void aPrecisionThatIsNoneIsNamed() {
    UserError e =
        assertThrows(
            UserError.class, () -> RunConfig.load(null, List.of("onPolicy.rolloutWeights=fp8")));
    assertTrue(e.getMessage().contains("onPolicy.rolloutWeights"), e.getMessage());
    assertTrue(e.getMessage().contains("int8"), e.getMessage());
  }

  private static RlaifServer quantised(Precision weights) {
    Map<String, Path> models = Map.of("policy", ToyModels.sft(), "reward", ToyModels.reward());
    return RlaifServer.start(
        ServerConfig.inProcess(models)
            .engine(each -> each.quantize(new Quantization(weights, Precision.FP32))));
  }
}
