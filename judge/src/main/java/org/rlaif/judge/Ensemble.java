package org.rlaif.judge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.UserError;

/**
 * Several judges as one: the mean of what they say; or a cheap one first, and the next where it is
 * unsure of a pair after both orders.
 */
public final class Ensemble implements Judge {
  private final List<Judge> members;
  private final @Nullable Double unsure;

  /** Of each member, the pairs that it was asked about. */
  private final int[] pairs;

  /**
   * Of neighbours that were asked the same: pairs on the same side, and pairs that both decided.
   */
  private int sameSide;

  private int bothDecided;

  Ensemble(List<Judge> members, @Nullable Double unsure) {
    this.members = List.copyOf(members);
    this.unsure = unsure;
    this.pairs = new int[members.size()];
  }

  @Override
  public Answer ask(Question question) {
    return askAll(List.of(question)).get(0);
  }

  @Override
  public synchronized List<Answer> askAll(List<Question> questions) {
    Set<Question> open = new LinkedHashSet<>(); // one order of each pair
    questions.stream().filter(q -> !open.contains(q.swapped())).forEach(open::add);
    Map<Question, List<Verdict>> said = new LinkedHashMap<>();
    for (int m = 0; m < members.size() && !open.isEmpty(); m++) {
      List<Question> asked = List.copyOf(open);
      List<Verdict> verdicts = BothOrders.compareAll(members.get(m), asked);
      pairs[m] += asked.size();
      for (int i = 0; i < asked.size(); i++) {
        List<Verdict> before = said.computeIfAbsent(asked.get(i), q -> new ArrayList<>());
        if (!before.isEmpty()) {
          note(before.get(before.size() - 1), verdicts.get(i));
        }
        before.add(verdicts.get(i));
        if (isSure(verdicts.get(i))) {
          open.remove(asked.get(i));
        }
      }
    }
    List<Answer> answers = new ArrayList<>(questions.size());
    for (Question question : questions) {
      List<Verdict> verdicts = said.get(question);
      answers.add(
          verdicts == null
              ? answer(said.getOrDefault(question.swapped(), List.of()), /* swapped= */ true)
              : answer(verdicts, /* swapped= */ false));
    }
    return answers;
  }

  private boolean isSure(Verdict verdict) {
    Double probability = verdict.probabilityFirst();
    return unsure != null && probability != null && Math.abs(probability - 0.5) >= unsure;
  }

  private void note(Verdict one, Verdict other) {
    Double a = one.probabilityFirst();
    Double b = other.probabilityFirst();
    if (a != null && b != null && a != 0.5 && b != 0.5) {
      bothDecided++;
      sameSide += a > 0.5 == b > 0.5 ? 1 : 0;
    }
  }

  /** In one order: the mean of all members that answered, or the last that was asked and did. */
  private Answer answer(List<Verdict> verdicts, boolean swapped) {
    List<Answer> answers = new ArrayList<>();
    for (Verdict each : verdicts) {
      Double shown = swapped ? each.reversed() : each.forward();
      if (each.probabilityFirst() != null && shown != null) {
        answers.add(new Answer(swapped ? 1 - shown : shown, each.hard(), each.rationale()));
      }
    }
    if (answers.isEmpty()) {
      String why = verdicts.isEmpty() ? null : verdicts.get(0).rationale();
      return Answer.none(String.valueOf(why));
    }
    return unsure == null ? Answer.mean(answers) : answers.get(answers.size() - 1);
  }

  @Override
  public synchronized List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    members.forEach(each -> remarks.addAll(each.remarks()));
    if (unsure != null && pairs[0] > 0) {
      for (int m = 1; m < pairs.length; m++) {
        remarks.add(
            "%s was asked about %d of %d pairs, of which those before it were unsure"
                .formatted(members.get(m).name(), pairs[m], pairs[0]));
      }
    }
    if (bothDecided > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "members agree on %.1f %% of %d pairs that both decided",
              100.0 * sameSide / bothDecided,
              bothDecided));
    }
    return remarks;
  }

  @Override
  public String name() {
    return "ensemble:" + String.join("+", members.stream().map(Judge::name).toList());
  }

  @Override
  public String hash() {
    List<Object> parts = new ArrayList<>(members.stream().map(Judge::hash).toList());
    parts.add(unsure == null ? "mean" : unsure);
    return ConfigFiles.hash(Collections.unmodifiableList(parts));
  }

  @Override
  public void close() {
    List<UserError> failed = new ArrayList<>();
    for (Judge each : members) {
      try {
        each.close();
      } catch (UserError e) {
        failed.add(e); // the others are closed, too
      }
    }
    if (!failed.isEmpty()) {
      throw failed.get(0);
    }
  }
}
