package org.rlaif.bench;

import static java.util.stream.Collectors.toMap;

import java.util.Map;
import java.util.TreeMap;

/** What the figures' names mean; written beside them. */
final class Formulas {
  static final Map<String, String> ALL =
      """
      ttftMs: first token - sent, per request; in an open loop sent is when it was due
      itlMs: each gap between consecutive tokens of a request, pooled over all requests
      tpotMs: (endToEnd - ttft) / (tokens - 1), per request
      endToEndMs: end of the stream - sent, per request
      tokensPerSecond: new tokens / (last end - first sent): with prefill and tail; Min, \
      Max: of the repeats
      decodeTokensPerSecond: new tokens / time, from the moment all rows have a first token \
      until one has its last; of the bare loop: its decode steps alone
      requestsPerSecond: requests that ended well / (last end - first sent)
      rolloutsPerSecond: completions / (last end - first sent)
      sequencesPerSecond: sequences whose log-probabilities or scores were told / time
      toBare: sequencesPerSecond / that of the bare loop in the same repeat; median of the \
      repeats
      rowsPerRun: sequences, or parts of one, in a run of the graph; mean
      endedEarly: requests that got fewer tokens than they asked for
      decodeToBare: decodeTokensPerSecond / that of the bare loop in the same repeat; median \
      of the repeats
      toEngine: tokensPerSecond / that of the engine in the same repeat; median of the \
      repeats
      toStatic: tokensPerSecond / that of static batches on the bare loop
      toSteady: p95 of the gaps / p95 of the steady ones
      promptTtftMs: first token - sent, of the long prompts
      weightsMib: memory of one set of weights with the repacked matrices, in MiB
      slotMib: KV cache of one sequence as long as the context, in MiB
      meanAbsDifference: of the log-probabilities of sampled tokens from fp32; \
      maxAbsDifference: the largest
      klMillinats: 1000 x KL(fp32 || quantised) per token, natural logarithm
      decodeAt: decodeTokensPerSecond of the bare loop with so many rows; fp32At: of fp32, \
      in turn
      toFp32At: decodeAt / fp32At in the same repeat; median of the repeats
      excessMs: gap - usual gap at the same token index, 0 if it is less, pooled; usual: \
      median of the gaps at most 8 tokens away in the streams without swaps
      answered: requests that got all tokens and a finish reason; refused: \
      RESOURCE_EXHAUSTED; broken: any other end
      residentMib: VmRSS of the process, client included, in MiB; mean. firstQuarterMib and \
      lastQuarterMib: of the time; mibPerMinute: slope by least squares
      swapMs: begin of an update until its commit is answered
      cancelMs: cancel - slot free, or - first token of the call that waited for the slot
      """
          .lines()
          .map(line -> line.split(": ", 2))
          .collect(toMap(parts -> parts[0], parts -> parts[1], (one, other) -> one, TreeMap::new));

  private Formulas() {}
}
