package org.rlaif.training.verification;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Compute;
import org.rlaif.torch.Device;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.onpolicy.RolloutRow;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;

/**
 * The tokens of the first batch have the log-probabilities that the server sampled them with, and
 * those of the reference: both are of the model that the policy starts from, in LibTorch. What a
 * quantised policy has sampled them with LibTorch cannot compute; then those of the reference alone
 * are compared.
 *
 * @param stage the on-policy one
 */
record LogprobsClaim(String stage) implements Claim {
  @Override
  public String name() {
    return "logprobs";
  }

  @Override
  public String verify(RunContext context, Sample sample) {
    Run run = context.run();
    Rows<RolloutRow> all =
        Rows.read(run.folder().stage(stage).resolve(RolloutRow.name(0)), RolloutRow.class);
    Rows<RolloutRow> some = all.sample(sample, "logprobs");
    OnPolicyConfig config = run.config().onPolicy();
    Device trained = context.device();
    double threshold =
        Objects.requireNonNullElse(config.parityThreshold(), trained.compute().parity());
    Nearness nearness = Nearness.within(threshold, "LibTorch against the server");
    try (ModelFolder start = ModelFolder.open(run.path(Product.START))) {
      PromptEncoder encoder = PromptEncoder.of(start);
      int longest = start.config().contextLength();
      List<Sequence> sequences =
          some.rows().stream().map(row -> row.sequence(encoder, longest)).toList();
      Map<String, float[][]> expected = new TreeMap<>();
      if (!config.writesQuantised()) {
        expected.put("logprobs", logprobs(start, served(trained), sequences, config));
      }
      expected.put("referenceLogprobs", logprobs(start, trained, sequences, config));
      for (int i = 0; i < some.size(); i++) {
        Map<String, float[]> row = new TreeMap<>();
        for (Map.Entry<String, float[][]> each : expected.entrySet()) {
          row.put(each.getKey(), each.getValue()[i]);
        }
        some.compare(i, row, nearness);
      }
    }
    return "%d of %d completions of the first batch, by the model the policy starts from%s: %s"
        .formatted(
            some.size(),
            all.size(),
            config.writesQuantised() ? ", as reference" : "",
            nearness.words());
  }

  /** Whatever is trained in, a server computes in fp32. */
  private static Device served(Device trained) {
    return new Device(trained.name(), Compute.FP32);
  }

  private static float[][] logprobs(
      ModelFolder model, Device device, List<Sequence> sequences, OnPolicyConfig config) {
    return TrainableModel.ask(
            List.of(model),
            device,
            network ->
                Forward.logprobs(network, sequences, config.temperature(), config.together()))
        .get(0);
  }
}
