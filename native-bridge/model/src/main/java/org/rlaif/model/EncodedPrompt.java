package org.rlaif.model;

import java.util.List;
import org.rlaif.kit.Message;

/**
 * A prompt in tokens, and the way from what answers it to tokens. Both become tokens in one go, and
 * the completion's are those behind the prompt's own. Where the prompt's last token would become
 * another one by that, as a word that the completion goes on with does, the prompt keeps its
 * tokens, since they are what a policy goes on from, and the completion is encoded as text in the
 * middle of a text.
 */
public sealed interface EncodedPrompt permits TextPrompt, ChatPrompt {
  /** A text to go on with, which begins with what the tokenizer puts in front. */
  static EncodedPrompt of(Tokenizer tokenizer, String text, Watch watch) {
    return TextPrompt.of(tokenizer, text, watch);
  }

  /** Tokens to go on with. */
  static EncodedPrompt of(Tokenizer tokenizer, int[] ids, Watch watch) {
    return TextPrompt.of(tokenizer, ids, watch);
  }

  /** A conversation that the assistant is to go on with. */
  static EncodedPrompt of(
      Tokenizer tokenizer, ChatTemplate template, List<Message> messages, Watch watch) {
    return new ChatPrompt(template, tokenizer, messages, watch);
  }

  /** The prompt's tokens. */
  int[] ids();

  /** The tokens of a whole completion, the one that ends it included. */
  int[] encodeWhole(String completion);

  /** The tokens of the beginning of a completion. */
  int[] encodeBeginning(String completion);

  /** Chars that become tokens again with every completion. */
  int length();

  /** How many completions so far were encoded apart, to keep the prompt's own tokens. */
  int apart();
}
