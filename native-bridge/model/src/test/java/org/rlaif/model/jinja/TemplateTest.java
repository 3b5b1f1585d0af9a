package org.rlaif.model.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.rlaif.kit.Json;
import org.rlaif.model.Golden;

final class TemplateTest {
  private static final LocalDateTime NOON = LocalDateTime.of(2026, 3, 7, 12, 5, 2);

  /** Python's jinja2 on the same pieces; {@code golden/make_chat_golden.py} asked it. */
  @TestFactory
  Stream<DynamicTest> rendersWhatPythonRenders() throws IOException {
    JsonNode golden = read();
    Map<?, ?> variables = Json.MAPPER.convertValue(golden.path("variables"), Map.class);
    assertTrue(golden.path("pieces").size() > 140);
    return IntStream.range(0, golden.path("pieces").size())
        .mapToObj(golden.path("pieces")::get)
        .map(
            each -> {
              String piece = each.path("piece").asText();
              return DynamicTest.dynamicTest(
                  piece.lines().findFirst().orElse(piece),
                  () -> {
                    if (each.has("error")) {
                      assertThrows(JinjaException.class, () -> render(piece, variables));
                    } else {
                      assertEquals(
                          each.path("text").asText(), render(piece, variables).toString(), piece);
                    }
                  });
            });
  }

  @Test
  void lettersRememberWhereTheyComeFrom() {
    String piece = "{{ '<' ~ s[1:].strip().replace('b', 'xy') ~ '>' }}{% generation %}{{ s }}.";
    Text text = render(piece + "{% endgeneration %}", Map.of("s", "ab c "));
    assertEquals("<xy c>ab c .", text.toString());
    assertEquals("wwwggw" + "ggggg" + "w", marks(text)); // x and y are the template's own
    assertFalse(text.isGenerated(5));
    assertTrue(text.isGenerated(6) && text.isGenerated(11));
  }

  /** What changes the number of letters keeps at least whether any was given. */
  @Test
  void whatIsGivenStaysGiven() {
    for (String piece :
        List.of(
            "{{ s | upper }}",
            "{{ [s] | tojson }}",
            "{{ [s] }}",
            "{{ s | title | indent }}",
            "{{ s.split('i') | join('i') }}",
            "{% set t %}{{ s }}{% endset %}{{ t[::-1] | reverse }}",
            "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(s) }}")) {
      Text text = render(piece, Map.of("s", "<|\u00dfid|>"));
      int bar = text.toString().indexOf("|>");
      assertTrue(text.isGiven(bar) && text.isGiven(bar + 1), piece);
    }
  }

  /** Time grows with the text, not with its square. */
  @Test
  void longTextsAreGoneThroughInTime() {
    String many = "\ud83d\ude00a".repeat(500_000);
    Text text =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> render("{{ s[::-1] | first }}{{ s | reverse | last }}", Map.of("s", many)));
    assertEquals("a\ud83d\ude00", text.toString());
  }

  @Test
  void tellsTheDateAsPythonDoes() {
    assertEquals(
        "07 Mar 2026, Saturday March 26 066 12:05:02 PM 12 7% %",
        render("{{ strftime_now('%d %b %Y, %A %B %y %j %H:%M:%S %p %I %-d%% %') }}", Map.of())
            .toString());
    var e = assertThrows(JinjaException.class, () -> render("{{ strftime_now('%q') }}", Map.of()));
    assertEquals("strftime_now: %q is not known", e.getMessage());
  }

  @Test
  void mistakesAreNamedWithTheirLine() {
    assertEquals("line 2: unexpected 'nope'", refusal("a\n{% nope %}"));
    assertEquals("line 3: unexpected }", refusal("\n\n{{ [1, 2 } }}"));
    assertEquals("line 1: no %}", refusal("{% if x"));
    assertEquals("line 1: a comment without #}", refusal("{# x"));
    assertEquals("line 1: unexpected END_PRINT", refusal("{{ 1 + }}"));
    assertEquals("line 1: unexpected 'the end of the template'", refusal("{% if x %}"));
  }

  /** Whatever a template says, it neither holds up nor fills who renders it. */
  @TestFactory
  Stream<DynamicTest> nothingTakesForever() {
    String many = "[" + "1,".repeat(50_000) + "]";
    return Stream.of(
            "{{ " + "(".repeat(50_000) + "1" + ")".repeat(50_000) + " }}",
            "{{ " + "[".repeat(50_000) + "]".repeat(50_000) + " }}",
            "{{ " + "not ".repeat(50_000) + "1 }}",
            "{{ " + "-".repeat(50_000) + "1 }}",
            "{% for x in [1] %}".repeat(10_000) + "{% endfor %}".repeat(10_000),
            "{% if 1 %}".repeat(10_000) + "{% endif %}".repeat(10_000),
            "{{ " + "1 if 0 else ".repeat(20_000) + "2 }}",
            "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}x{%"
                + " endfor %}{% endfor %}{% endfor %}",
            "{% set ns = namespace(x='ab') %}{% for i in range(64) %}{% set ns.x = ns.x ~ ns.x %}{%"
                + " endfor %}",
            "{% set ns = namespace(x=[1]) %}{% for i in range(64) %}{% set ns.x = ns.x + ns.x %}{%"
                + " endfor %}",
            "{% set ns = namespace(x=[1]) %}{% for i in range(64) %}{% set ns.x = [ns.x, ns.x] %}{%"
                + " endfor %}{{ ns.x }}",
            "{% set ns = namespace(x=[1]) %}{% for i in range(64) %}{% set ns.x = [ns.x, ns.x] %}{%"
                + " endfor %}{{ ns.x == ns.x[:] + [] }}",
            "{% set ns = namespace(x=[1]) %}{% for i in range(9000) %}{% set ns.x = [ns.x] %}{%"
                + " endfor %}{{ ns.x | tojson }}",
            "{{ 'x' * 2000000000 }}",
            "{{ [0] * 2000000000 }}",
            "{{ 'x' * 99999999999 }}",
            "{{ 'x'.center(2000000000) }}",
            "{{ 'x' | indent(2000000000, true) }}",
            "{{ [1] | tojson(indent=2000000000) }}",
            "{{ '%2000000000d' % 1 }}",
            "{{ '%.2000000000f' % 1 }}",
            "{{ range(100000) | batch(1000000000, 'x') | list }}",
            "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
            "{{ ('b' * 100000).join('a' * 100000) }}",
            "{{ strftime_now('%Y' * 10000000) }}",
            "{{ 9223372036854775807 + 1 }}",
            "{{ 99999999999999999999 }}",
            "{{ 10 ** 1000000000 }}",
            "{{ 'x' | truncate(99999999999) }}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{"
                + " m(60) }}",
            "{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
            "{% for x in range(100000) %}{{ 'abc' in s * 10000 }}{% endfor %}",
            "{% for x in range(100000) %}{{ " + many + " | length }}{% endfor %}")
        .map(
            piece ->
                DynamicTest.dynamicTest(
                    piece.length() > 100 ? piece.substring(0, 100) : piece,
                    () ->
                        assertTimeoutPreemptively(
                            Duration.ofSeconds(30),
                            () ->
                                assertThrows(
                                    JinjaException.class,
                                    () -> render(piece, Map.of("s", "ab"))))));
  }

  /** The limits grow with what there is to say. */
  @Test
  void longConversationsAreNoTrouble() {
    List<Map<String, String>> messages =
        IntStream.range(0, 2000)
            .mapToObj(
                i -> Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "x".repeat(2000)))
            .toList();
    String chatml =
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n"
            + "' + m.content | trim + '<|im_end|>' }}{% for line in m.content.split('x') %}{%"
            + " endfor %}{% endfor %}";
    int letters = 2000 * (12 + 1 + 2000 + 10) + 1000 * (4 + 9);
    assertEquals(letters, render(chatml, Map.of("messages", messages)).toString().length());
    String sum = "1" + " + 1".repeat(20_000);
    assertEquals("20001", render("{{ " + sum + " }}", Map.of()).toString());
    String branches = "{% elif n == 1 %}x".repeat(5_000);
    assertEquals(
        "y",
        render("{% if n == 0 %}{% elif 0 %}" + branches + "{% else %}y{% endif %}", Map.of("n", 5))
            .toString());
  }

  private static String refusal(String piece) {
    return String.valueOf(
        assertThrows(JinjaException.class, () -> Template.of(piece)).getMessage());
  }

  private static Text render(String piece, Map<?, ?> variables) {
    Map<String, Object> byName =
        variables.entrySet().stream()
            .filter(entry -> entry.getValue() != null)
            .collect(Collectors.toMap(e -> e.getKey().toString(), Map.Entry::getValue));
    if (variables.containsKey("no")) {
      byName.put("no", Values.None.NONE);
    }
    return Template.of(piece).render(byName, () -> NOON);
  }

  /** w for what the template wrote, g for what it was given. */
  private static String marks(Text text) {
    return IntStream.range(0, text.toString().length())
        .mapToObj(i -> text.isGiven(i) ? "g" : "w")
        .collect(Collectors.joining());
  }

  private static JsonNode read() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Golden.class.getResourceAsStream("golden/chat/pieces.json"))) {
      return Json.MAPPER.readTree(in);
    }
  }
}
