package org.rlaif.serving.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.Completion.Reason;
import org.rlaif.serving.queue.PromptGroup;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.LogitRules;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.StopScan;
import org.rlaif.serving.sampling.TokenDetails;
import org.rlaif.serving.sampling.Vocabulary;

/** A live sequence: what it has sampled, and how much of it its slot holds. */
final class Row {
  /** Four bytes each: a sequence of a flat distribution could keep the whole vocabulary. */
  private static final int MOST_SUPPORT = 1 << 20;

  final PromptGroup group;
  final SequenceId id;

  /** What moves its logits; null if nothing does. */
  final @Nullable LogitRules rules;

  private final Vocabulary vocabulary;
  private final int[] tokens;
  private final float[] logprobs;
  private int count;
  private final List<Completion.Sampled> spans = new ArrayList<>();
  private final List<TokenDetails> details = new ArrayList<>();
  private int support;
  private final @Nullable StopScan scan;

  /** When it got its slot, and its last token, by {@link System#nanoTime}. */
  private final long started = System.nanoTime();

  private long told;

  /**
   * @param most tokens that fit behind the prompt
   */
  Row(PromptGroup group, SequenceId id, Tokenizer tokenizer, Vocabulary vocabulary, int most) {
    Sampling sampling = group.sampling;
    this.group = group;
    this.id = id;
    this.vocabulary = vocabulary;
    this.tokens = new int[Math.min(sampling.maxTokens(), most)];
    this.logprobs = new float[tokens.length];
    this.rules =
        sampling.movesLogits() ? new LogitRules(sampling, group.prompt, vocabulary.ends()) : null;
    this.scan =
        sampling.stops().strings().isEmpty()
            ? null
            : new StopScan(tokenizer, sampling.stops(), group.prompt);
  }

  /**
   * Takes a sampled token and tells it.
   *
   * @param more what was wanted beyond the log-probability; null if nothing was
   */
  void accept(int token, float logprob, @Nullable TokenDetails more, long weightsVersion) {
    int last = spans.size() - 1;
    int start = count;
    if (last >= 0 && spans.get(last).weightsVersion() == weightsVersion) {
      start = spans.remove(last).start();
    }
    tokens[count] = token;
    logprobs[count] = logprob;
    count++;
    spans.add(new Completion.Sampled(start, count, weightsVersion));
    if (rules != null) {
      rules.count(token);
    }
    if (scan != null) {
      scan.add(token);
    }
    observe();
    if (more != null) {
      keep(more);
    }
    group.listener.onToken(id, token, logprob, more);
  }

  private void observe() {
    long now = System.nanoTime();
    Ticket ticket = group.ticket;
    if (count > 1) {
      ticket.observer.nextToken(now - told);
    } else {
      long left = id.sample() == 0 ? group.begun() : started;
      ticket.firstToken(left - ticket.taken, now - ticket.taken);
    }
    told = now;
  }

  private void keep(TokenDetails more) {
    details.add(more);
    support += more.support().length;
    UserError.require(
        support <= MOST_SUPPORT,
        "support",
        support + " token ids after " + count + " tokens",
        "at most " + MOST_SUPPORT + " in a sequence; fewer tokens, or a filter that keeps fewer");
  }

  /** Tokens that its slot holds; the last sampled one is not among them yet. */
  int cached() {
    return group.prompt.length + count - 1;
  }

  int lastToken() {
    return tokens[count - 1];
  }

  /** Position of the next token in the completion. */
  int position() {
    return count;
  }

  boolean isFinished() {
    return reason() != null;
  }

  private @Nullable Reason reason() {
    if (vocabulary.ends().contains(lastToken())) {
      return Reason.END_OF_TEXT;
    }
    if (group.sampling.stops().tokenIds().contains(lastToken())) {
      return Reason.STOP_TOKEN;
    }
    if (scan != null && !scan.found().isEmpty()) {
      return Reason.STOP_STRING;
    }
    return count == tokens.length ? Reason.LENGTH : null;
  }

  /** What it has sampled. */
  int[] completion() {
    return Arrays.copyOf(tokens, count);
  }

  void tellFinished() {
    Reason reason = Objects.requireNonNull(reason());
    group.listener.onFinished(
        id,
        new Completion(
            completion(),
            Arrays.copyOf(logprobs, count),
            reason,
            List.copyOf(spans),
            List.copyOf(details),
            scan == null || scan.found().isEmpty()
                ? null
                : new Completion.Stop(scan.found(), scan.text())));
    group.ticket.observer.finished(reason, System.nanoTime() - group.ticket.taken);
  }
}
