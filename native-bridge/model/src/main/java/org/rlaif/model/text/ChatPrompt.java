package org.rlaif.model.text;

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
public final class ChatPrompt implements EncodedPrompt {
  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final Watch watch;
  private final List<Message> messages;
  private final String text;
  private final int[] ids;
  private int apart;

  public ChatPrompt(
      Tokenizer tokenizer, ChatTemplate template, List<Message> messages, Watch watch) {
    Text prompt = template.text(messages, true);
    this.template = template;
    this.tokenizer = tokenizer;
    this.watch = watch;
    this.messages = List.copyOf(messages);
    this.text = prompt.toString();
    this.ids = tokenizer.encode(prompt, watch).ids();
  }

  @Override
  public int[] ids() {
    return ids.clone();
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public int apart() {
    return apart;
  }

  /** Up to the first token that ends a completion. */
  @Override
  public int[] encodeWhole(String reply) {
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

  /** Up to the last letter of the reply that is written. */
  @Override
  public int[] encodeBeginning(String beginning) {
    Text written = written(beginning);
    int end = written.toString().length();
    while (end > text.length() && !written.isGiven(end - 1)) {
      end--;
    }
    return behindPrompt(written, end);
  }

  /**
   * What the template writes behind the token that ends the reply, down to where the next reply
   * begins. A template that writes the reply otherwise once more has been said is refused: a policy
   * would then be asked with other tokens than those that it has read and written.
   */
  @Override
  public int[] encodeBetween(String reply, List<Message> said) {
    String turn = written(reply).toString();
    Text whole = template.text(replied(reply, said), true);
    template.requireWritten(
        !whole.equals(template.text(replied(reply, List.of()), true)), said.get(0).role());
    Spans tokens = tokenizer.encode(whole, watch);
    int end = endOfTurn(tokens);
    if (end < 0 || !turn.startsWith(whole.toString().substring(0, tokens.to()[end]))) {
      throw template.rewritten(messages.size());
    }
    return Arrays.copyOfRange(tokens.ids(), end + 1, tokens.ids().length);
  }

  /** The first token behind the prompt that ends a completion; -1: there is none. */
  private int endOfTurn(Spans tokens) {
    int[] ends = tokenizer.endIds();
    for (int i = 0; i < tokens.ids().length; i++) {
      if (tokens.from()[i] >= text.length() && Arrays.binarySearch(ends, tokens.ids()[i]) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private List<Message> replied(String reply, List<Message> said) {
    var all = new ArrayList<>(messages);
    all.add(Message.assistant(reply));
    all.addAll(said);
    return all;
  }

  /** The conversation with a reply. */
  private Text written(String reply) {
    Text written = template.text(replied(reply, List.of()), false);
    if (!written.toString().startsWith(text)) {
      throw template.unstable(messages.size(), "what it writes as a prompt before every reply");
    }
    return written;
  }

  private int[] behindPrompt(Text written, int end) {
    int[] all = tokenizer.encode(written.part(0, end), watch).ids();
    if (Ids.begins(all, ids)) {
      return Arrays.copyOfRange(all, ids.length, all.length);
    }
    apart++;
    return tokenizer.encodeInside(written.part(text.length(), end), watch);
  }
}
