package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Network;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrlName;

/**
 * How well a policy does on examples that it does not learn from; nothing if none are held out.
 *
 * @param validationLoss nats per completion token
 * @param endProbability mean probability of end-of-text where the completions end
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Validation(
    @TrlName("eval_loss") @Nullable Double validationLoss, @Nullable Double endProbability) {

  /**
   * @param microbatch examples per forward pass
   */
  static Validation of(Network network, List<Sequence> examples, int microbatch) {
    if (examples.isEmpty()) {
      return new Validation(null, null);
    }
    double sum = 0;
    double ends = 0;
    long tokens = 0;
    for (float[] logprobs : Forward.logprobs(network, examples, /* temperature= */ 1, microbatch)) {
      for (float logprob : logprobs) {
        sum += logprob;
      }
      ends += Math.exp(logprobs[logprobs.length - 1]);
      tokens += logprobs.length;
    }
    return new Validation(-sum / tokens, ends / examples.size());
  }
}
