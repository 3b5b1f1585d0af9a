package org.rlaif.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rlaif.kit.Message;
import org.rlaif.model.jinja.Text;

/**
 * A conversation that the assistant is to go on with, in tokens, and the way from its reply to the
 * tokens that it was taught to write: a template may trim a reply, put something before it (Llama
 * 2's space, Qwen3's empty thoughts), and ends its turn with a token of its choice, which need not
 * be the one that ends a text.
 */
public final class ChatPrompt {
  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final List<Message> messages;
  private final String text;
  private final int[] ids;

  ChatPrompt(ChatTemplate template, Tokenizer tokenizer, List<Message> messages) {
    Text prompt = template.text(messages, true);
    this.template = template;
    this.tokenizer = tokenizer;
    this.messages = List.copyOf(messages);
    this.text = prompt.toString();
    this.ids = tokenizer.encode(prompt).ids();
  }

  /** The prompt's tokens. */
  public int[] ids() {
    return ids.clone();
  }

  /** Chars that are rendered anew for every reply. */
  public int length() {
    return text.length();
  }

  /** The tokens of a whole reply, up to the first that ends a completion. */
  public int[] encodeReply(String reply) {
    Text written = written(reply);
    int[] tokens = behindPrompt(written, written.toString().length());
    int[] ends = tokenizer.endIds();
    for (int i = 0; i < tokens.length; i++) {
      if (Arrays.binarySearch(ends, tokens[i]) >= 0) {
        return Arrays.copyOf(tokens, i + 1);
      }
    }
    return tokens;
  }

  /** The tokens of the beginning of a reply, up to the last letter of it that is written. */
  public int[] encodeBeginning(String beginning) {
    Text written = written(beginning);
    int end = written.toString().length();
    while (end > text.length() && !written.isGiven(end - 1)) {
      end--;
    }
    return behindPrompt(written, end);
  }

  /** The conversation with a reply. */
  private Text written(String reply) {
    var all = new ArrayList<>(messages);
    all.add(Message.assistant(reply));
    Text written = template.text(all, false);
    if (!written.toString().startsWith(text)) {
      throw template.unstable(messages.size(), "what it writes as a prompt before every reply");
    }
    return written;
  }

  /**
   * What follows the prompt when both become tokens in one go. Where that would change the prompt's
   * own tokens, as a newline after a newline does, the reply is encoded alone: a prompt's tokens
   * are there before its reply.
   */
  private int[] behindPrompt(Text written, int end) {
    int[] all = tokenizer.encode(written.part(0, end)).ids();
    return all.length >= ids.length && Arrays.equals(all, 0, ids.length, ids, 0, ids.length)
        ? Arrays.copyOfRange(all, ids.length, all.length)
        : tokenizer.encode(written.part(text.length(), end)).ids();
  }
}
