package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.Arrays;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.RewardConfig;

/** A reward model is asked with the tokens of the policy, so both have to mean the same by them. */
final class SameTokens {
  /** Words, digits, spaces, code, letters of other scripts, and what only bytes can say. */
  private static final String TEXT =
      "The quick brown foxes' 1,234.56 jumps: \n\n  over\tit! {\"a\": [x_1]} naïve Straße"
          + " Пример 例文 \uD83D\uDE42 \u0001";

  private SameTokens() {}

  /** Refuses a reward model whose tokenizer is another one than the policy's. */
  static void require(Path policy, RewardConfig reward) {
    try (Tokenizer one = Tokenizer.open(policy);
        Tokenizer other = Tokenizer.open(ModelFolder.tokenizerJson(reward.path()))) {
      UserError.require(
          Arrays.equals(one.encode(TEXT), other.encode(TEXT))
              && Arrays.equals(one.encodePrompt(TEXT), other.encodePrompt(TEXT))
              && one.eosId() == other.eosId(),
          "reward.folder",
          reward.folder(),
          "a model with the policy's tokenizer, " + policy + ", as it reads the policy's tokens");
    }
  }
}
