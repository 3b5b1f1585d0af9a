package org.rlaif.bench;

import java.util.Map;
import java.util.TreeMap;

/** What the figures' names mean; written beside them. */
final class Formulas {
  static final Map<String, String> ALL =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(
                  "ttftMs",
                  "first token - sent, per request; in an open loop sent is when it was due"),
              Map.entry(
                  "itlMs",
                  "each gap between consecutive tokens of a request, pooled over all requests"),
              Map.entry("tpotMs", "(endToEnd - ttft) / (tokens - 1), per request"),
              Map.entry("endToEndMs", "end of the stream - sent, per request"),
              Map.entry(
                  "tokensPerSecond",
                  "new tokens / (last end - first sent): with prefill and tail; Min, Max: of the"
                      + " repeats"),
              Map.entry(
                  "decodeTokensPerSecond",
                  "new tokens / time, from the moment all rows have a first token until one has its"
                      + " last; of the bare loop: its decode steps alone"),
              Map.entry("requestsPerSecond", "requests that ended well / (last end - first sent)"),
              Map.entry("rolloutsPerSecond", "completions / (last end - first sent)"),
              Map.entry(
                  "sequencesPerSecond",
                  "sequences whose log-probabilities or scores were told / time"),
              Map.entry(
                  "toBare",
                  "sequencesPerSecond / that of the bare loop in the same repeat; median of the"
                      + " repeats"),
              Map.entry("rowsPerRun", "sequences, or parts of one, in a run of the graph; mean"),
              Map.entry("endedEarly", "requests that got fewer tokens than they asked for"),
              Map.entry(
                  "decodeToBare",
                  "decodeTokensPerSecond / that of the bare loop in the same repeat; median of the"
                      + " repeats"),
              Map.entry(
                  "toEngine",
                  "tokensPerSecond / that of the engine in the same repeat; median of the repeats"),
              Map.entry("toStatic", "tokensPerSecond / that of static batches on the bare loop"),
              Map.entry("toSteady", "p95 of the gaps / p95 of the steady ones"),
              Map.entry("promptTtftMs", "first token - sent, of the long prompts"),
              Map.entry(
                  "weightsMib", "memory of one set of weights with the repacked matrices, in MiB"),
              Map.entry("slotMib", "KV cache of one sequence as long as the context, in MiB"),
              Map.entry(
                  "meanAbsDifference",
                  "of the log-probabilities of sampled tokens from fp32; maxAbsDifference: the"
                      + " largest"),
              Map.entry("klMillinats", "1000 x KL(fp32 || quantised) per token, natural logarithm"),
              Map.entry(
                  "decodeAt",
                  "decodeTokensPerSecond of the bare loop with so many rows; fp32At: of fp32, in"
                      + " turn"),
              Map.entry("toFp32At", "decodeAt / fp32At in the same repeat; median of the repeats"),
              Map.entry(
                  "excessMs",
                  "gap - usual gap at the same token index, 0 if it is less, pooled; usual: median"
                      + " of the gaps at most 8 tokens away in the streams without swaps"),
              Map.entry(
                  "answered",
                  "requests that got all tokens and a finish reason; refused: RESOURCE_EXHAUSTED;"
                      + " broken: any other end"),
              Map.entry(
                  "residentMib",
                  "VmRSS of the process, client included, in MiB; mean. firstQuarterMib and"
                      + " lastQuarterMib: of the time; mibPerMinute: slope by least squares"),
              Map.entry("swapMs", "begin of an update until its commit is answered"),
              Map.entry(
                  "cancelMs",
                  "cancel - slot free, or - first token of the call that waited for the slot")));

  private Formulas() {}
}
