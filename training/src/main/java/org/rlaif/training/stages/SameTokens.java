package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.Arrays;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.text.Tokenizer;

/** Models that are shown the tokens of the policy mean the same by them. */
final class SameTokens {
  /** Words, digits, spaces, code, letters of other scripts, and what only bytes can say. */
  private static final String TEXT =
      "The quick brown foxes' 1,234.56 jumps: \n\n  over\tit! {\"a\": [x_1]} naïve Straße"
          + " Пример 例文 \uD83D\uDE42 \u0001";

  private SameTokens() {}

  /**
   * Refuses a model whose tokenizer is another one than the policy's.
   *
   * @param policy the policy's {@code tokenizer.json}
   * @param setting that names the model, and {@code value} of it
   * @param model its folder
   */
  static void require(Path policy, String setting, String value, Path model) {
    try (Tokenizer one = Tokenizer.open(policy);
        Tokenizer other = Tokenizer.open(ModelFolder.tokenizerJson(model))) {
      UserError.require(
          Arrays.equals(one.encode(TEXT), other.encode(TEXT))
              && Arrays.equals(one.encodePrompt(TEXT), other.encodePrompt(TEXT))
              && one.eosId() == other.eosId(),
          setting,
          value,
          "a model with the policy's tokenizer, " + policy + ", as it reads the policy's tokens");
    }
  }
}
