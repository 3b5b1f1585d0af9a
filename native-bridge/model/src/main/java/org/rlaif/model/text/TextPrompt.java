package org.rlaif.model.text;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;

/** A prompt that no template has written: a text, or token ids. */
public final class TextPrompt implements EncodedPrompt {
  /** Behind so many of a prompt's last chars, or a few more, a text has its tokens behind all. */
  private static final int TAIL = 256;

  /** The same of tokens, where a prompt was given as such. */
  private static final int TAIL_TOKENS = 64;

  /** The last part of a prompt, and what becomes of it, which the prompt's tokens end with. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  private record Tail(String text, int[] ids) {}

  private final Tokenizer tokenizer;
  private final Watch watch;
  private final int[] ids;
  private final @Nullable Tail tail;
  private int apart;

  private TextPrompt(Tokenizer tokenizer, Watch watch, int[] ids, @Nullable Tail tail) {
    this.tokenizer = tokenizer;
    this.watch = watch;
    this.ids = ids;
    this.tail = tail;
  }

  /** A text to go on with, which begins with what the tokenizer puts in front. */
  public static TextPrompt of(Tokenizer tokenizer, String text, Watch watch) {
    String last = tokenizer.tail(text, TAIL);
    return new TextPrompt(
        tokenizer,
        watch,
        tokenizer.encodePrompt(text, watch),
        new Tail(last, tokenizer.encode(last, watch)));
  }

  /** Tokens to go on with. */
  public static TextPrompt of(Tokenizer tokenizer, int[] ids, Watch watch) {
    return new TextPrompt(tokenizer, watch, ids, tail(tokenizer, ids, watch));
  }

  /**
   * Of token ids the last ones whose text becomes them again: those that a policy has sampled need
   * not. Null if there are none. Behind a special token a text begins.
   */
  private static @Nullable Tail tail(Tokenizer tokenizer, int[] ids, Watch watch) {
    int begin = ids.length;
    while (begin > 0 && !tokenizer.isSilent(ids[begin - 1])) {
      begin--;
    }
    for (int from = Math.max(begin, ids.length - TAIL_TOKENS); from < ids.length; from++) {
      int[] last = Arrays.copyOfRange(ids, from, ids.length);
      String text = tokenizer.decodeBehind(Arrays.copyOfRange(ids, begin, from), last);
      boolean spaced = text.startsWith(" ");
      if (from == begin || spaced) {
        for (String each : spaced ? List.of(text, text.substring(1)) : List.of(text)) {
          if (Arrays.equals(tokenizer.encode(each, watch), last)) {
            return new Tail(each, last);
          }
        }
      }
    }
    return begin == ids.length ? new Tail("", new int[0]) : null;
  }

  @Override
  public int[] ids() {
    return ids.clone();
  }

  @Override
  public int length() {
    return tail == null ? 0 : tail.text.length();
  }

  @Override
  public int apart() {
    return apart;
  }

  @Override
  public int[] encodeWhole(String completion) {
    return Ids.joined(encodeBeginning(completion), new int[] {tokenizer.eosId()});
  }

  /** What is said, as the middle of a text. */
  @Override
  public int[] encodeBetween(String completion, List<Message> said) {
    return tokenizer.encodeInside(said.stream().map(Message::content).collect(joining()), watch);
  }

  @Override
  public int[] encodeBeginning(String completion) {
    if (tail != null) {
      int[] all = tokenizer.encode(tail.text + completion, watch);
      if (Ids.begins(all, tail.ids)) {
        return Arrays.copyOfRange(all, tail.ids.length, all.length);
      }
      apart++;
    }
    return tokenizer.encodeInside(completion, watch);
  }
}
