package org.rlaif.model.text;

import java.util.List;
import org.rlaif.kit.Message;

/**
 * A prompt in tokens, and the way from what answers it to tokens. Both become tokens in one go, and
 * the completion's are those behind the prompt's own. Where the prompt's last token would become
 * another one by that, as a word that the completion goes on with does, the prompt keeps its
 * tokens, since they are what a policy goes on from, and the completion is encoded as text in the
 * middle of a text.
 */
public interface EncodedPrompt {
  /** The prompt's tokens. */
  int[] ids();

  /** The tokens of a whole completion, the one that ends it included. */
  int[] encodeWhole(String completion);

  /** The tokens of the beginning of a completion. */
  int[] encodeBeginning(String completion);

  /**
   * The tokens between a whole completion and the next one, which go on from what was sampled: what
   * others say in between, and all that is written around it.
   *
   * @param completion as text, without the token that ends it
   * @param said what follows it; at least one message
   */
  int[] encodeBetween(String completion, List<Message> said);

  /** Chars that become tokens again with every completion. */
  int length();

  /** How many completions so far were encoded apart, to keep the prompt's own tokens. */
  int apart();
}
