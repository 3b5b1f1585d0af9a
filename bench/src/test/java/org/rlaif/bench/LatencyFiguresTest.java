package org.rlaif.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.rlaif.bench.Workload.Asked;
import org.rlaif.kit.UserError;

/** Formulas by hand, and what is drawn from a seed. */
class FiguresTest {
  private static final long MS = 1_000_000;

  @Test
  void formulasByHand() {
    Trace first = trace(0, 100, 110, 130, 160); // ms: sent, then tokens
    Trace second = trace(20, 120, 180);
    assertEquals(100 * MS, first.ttft());
    assertEquals(160 * MS, first.endToEnd());
    assertEquals(20 * MS, first.tpot()); // (160 - 100) / 3
    List<Trace> both = List.of(first, second);
    assertEquals(6 / 0.180, LatencyFigures.tokensPerSecond(both), 1e-9);
    // All live from 120 (the second's first) to 160 (the first's last): tokens at 130 and 160.
    assertEquals(2 / 0.040, LatencyFigures.decodeTokensPerSecond(both), 1e-9);
    Map<String, Double> load = LatencyFigures.load(both);
    assertEquals(2 / 0.180, load.get("requestsPerSecond"), 1e-9);
    assertEquals(100, load.get("ttftMsP50"), 0.1);
    assertEquals(20, load.get("itlMsP50"), 0.1); // of 10, 20, 30, 60
    assertEquals(60, load.get("itlMsP99"), 0.1);
    assertEquals(160, load.get("endToEndMsP99"), 0.2);
    assertEquals(0, load.get("endedEarly"));
  }

  @Test
  void aFailedRequestCountsAndLendsNoTimes() {
    var failed = new Trace(0, 4);
    failed.fail(new IllegalStateException("gone"), 5 * MS);
    Map<String, Double> load = LatencyFigures.load(List.of(failed, trace(0, 10, 20)));
    assertEquals(1, load.get("failed"));
    assertEquals(2, load.get("requests"));
    assertEquals(10, load.get("ttftMsP99"), 0.1);
    assertEquals(
        Map.of("requests", 1.0, "failed", 1.0, "endedEarly", 0.0),
        LatencyFigures.load(List.of(failed)));
  }

  /** Memory that grows by 3 a second from 10 on, and by none on the average of the second line. */
  @Test
  void slopesByHand() {
    double[] seconds = {0, 1, 2, 5};
    assertEquals(3, LatencyFigures.slope(seconds, new double[] {10, 13, 16, 25}), 1e-12);
    assertEquals(0, LatencyFigures.slope(new double[] {0, 1, 2}, new double[] {4, 9, 4}), 1e-12);
    assertTrue(ResidentMemory.mib() > 10);
  }

  @Test
  void onlyAWholeAnswerCounts() {
    var answers = new AnswerCounts();
    Trace whole = trace(0, 1, 2);
    whole.finish();
    answers.add(whole);
    answers.add(trace(0, 1, 2)); // nobody said why it ended
    Trace early = new Trace(0, 3);
    early.token(1);
    early.finish();
    early.end(2);
    answers.add(early);
    answers.add(refused(null));
    answers.add(refused("250"));
    assertEquals(
        Map.of("requests", 5.0, "answered", 1.0, "refused", 2.0, "broken", 2.0), answers.figures());
    assertEquals(1, answers.withoutHint());
  }

  private static Trace refused(String hint) {
    var trailers = new Metadata();
    if (hint != null) {
      trailers.put(
          Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER), hint);
    }
    var trace = new Trace(0, 3);
    trace.fail(Status.RESOURCE_EXHAUSTED.asRuntimeException(trailers), 1);
    return trace;
  }

  /** Gaps that grow by 1 ms a token are as usual; one that takes 40 ms more is 40 ms beyond. */
  @Test
  void theExcessIsThatOverAStepOfTheSameLength() {
    Trace undisturbed = growing(new long[41]);
    var usual = new UsualGaps(List.of(undisturbed, growing(new long[41])));
    // At the ends the neighbours are on one side: the last one's are 32 to 40, their median 36.
    assertEquals(4, usual.excess(List.of(undisturbed)).max(), 0.1);
    assertEquals(0, usual.excess(List.of(undisturbed)).percentile(50), 0.1);
    var more = new long[41];
    more[20] = 40;
    more[30] = -15;
    Latency excess = usual.excess(List.of(growing(more)));
    assertEquals(40, excess.max(), 0.1);
    assertEquals(3.5, excess.percentile(95), 0.1); // of 40: the last but one, from 31 to 40
  }

  /** Gap i takes 50 + i ms, and so much more. */
  private static Trace growing(long[] more) {
    var times = new long[more.length];
    times[0] = 1000;
    for (int i = 1; i < times.length; i++) {
      times[i] = times[i - 1] + 50 + i + more[i];
    }
    return trace(0, times);
  }

  @Test
  void arrivalsComeFromTheSeed() {
    double[] due = Arrivals.poisson(4, 4000, 7);
    assertArrayEquals(due, Arrivals.poisson(4, 4000, 7));
    assertFalse(Arrays.equals(due, Arrivals.poisson(4, 4000, 8)));
    double[] sorted = due.clone();
    Arrays.sort(sorted);
    assertArrayEquals(sorted, due);
    assertEquals(0.25, due[3999] / 4000, 0.02); // the mean gap
    double squares = 0;
    for (int i = 1; i < due.length; i++) {
      squares += Math.pow(due[i] - due[i - 1], 2);
    }
    assertEquals(2 * 0.25 * 0.25, squares / 3999, 0.02); // exponential: E[g²] = 2 / rate²
  }

  @Test
  void workloadsComeFromTheSeed() {
    Workload drawn = draw(3);
    assertEquals(
        drawn.requests().stream().map(Asked::newTokens).toList(),
        draw(3).requests().stream().map(Asked::newTokens).toList());
    for (int i = 0; i < 50; i++) {
      Asked asked = drawn.requests().get(i);
      assertArrayEquals(asked.prompt(), draw(3).requests().get(i).prompt());
      assertTrue(asked.prompt().length >= 2 && asked.prompt().length <= 9);
      assertTrue(asked.newTokens() >= 16 && asked.newTokens() <= 20);
    }
    assertFalse(
        Arrays.equals(drawn.requests().get(0).prompt(), draw(4).requests().get(0).prompt()));
    assertEquals(
        List.of(20, 20, 10),
        drawn.batches(20).stream().map(each -> each.requests().size()).toList());
  }

  @Test
  void lengths() {
    assertEquals(new Lengths(64, 64), Lengths.parse("--output", "64"));
    assertEquals(new Lengths(16, 256), Lengths.parse("--output", "16-256"));
    assertEquals("16-256", new Lengths(16, 256).toString());
    var random = new SplittableRandom(1);
    assertEquals(
        List.of(5, 6, 7),
        random
            .ints(100, 0, 1)
            .map(i -> new Lengths(5, 7).draw(random))
            .distinct()
            .sorted()
            .boxed()
            .toList());
    for (String wrong : List.of("", "a", "0", "9-3", "1-2-3", "-4")) {
      UserError e = assertThrows(UserError.class, () -> Lengths.parse("--output", wrong));
      assertTrue(e.getMessage().startsWith("--output: "), e.getMessage());
    }
  }

  private static Workload draw(long seed) {
    return Workload.draw(Shape.TINY.config(), 50, new Lengths(2, 9), new Lengths(16, 20), seed);
  }

  private static Trace trace(long sent, long... tokens) {
    var trace = new Trace(sent * MS, tokens.length);
    for (long token : tokens) {
      trace.token(token * MS);
    }
    trace.end(tokens[tokens.length - 1] * MS);
    return trace;
  }

  @Test
  void ratesOfRepeatsKeepTheirSpread() {
    var repeats = new Repeats();
    for (double rate : new double[] {30, 10, 20, 40}) {
      repeats.put("engine", "tokensPerSecond", rate);
      repeats.put("engine", "toStatic", rate / 10);
    }
    assertEquals(
        Map.of(
            "tokensPerSecond", 25.0,
            "tokensPerSecondMin", 10.0,
            "tokensPerSecondMax", 40.0,
            "toStatic", 2.5),
        repeats.rows().get(0).figures());
    var bar = new BenchCharts.Bar("engine", 1234.4, 1000, 1300, BenchCharts.OURS);
    assertEquals("engine  1,234", bar.labelled());
  }

  @Test
  void whatStandsBelowAPlotFitsIt() {
    String machine =
        "AMD EPYC, 2 cores, 23 GiB, onnxruntime 1.28.0, OpenJDK 64-Bit Server VM 17.0.15";
    List<String> lines = Plot.wrapped(machine, BenchCharts.WIDTH);
    assertEquals(2, lines.size(), lines::toString);
    assertEquals(machine, String.join(" ", lines));
    assertEquals(List.of(machine), Plot.wrapped(machine, 2 * BenchCharts.WIDTH));
    assertEquals(List.of("unbreakable".repeat(20)), Plot.wrapped("unbreakable".repeat(20), 100));
  }
}
