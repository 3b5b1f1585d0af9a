package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;

/** Models that somebody holds. */
class LeasesTest {
  private static final Duration NO_PATIENCE = Duration.ZERO;
  private static final Hold FIRST = new Hold("run-1", Duration.ofSeconds(60));
  private static final Hold SECOND = new Hold("run-2", Duration.ofSeconds(60));

  @TempDir Path folder;
  private final MovingClock clock = new MovingClock();
  private Models models;
  private Path policy;

  @BeforeEach
  void start() {
    policy = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    models = TestModels.models(1, clock);
  }

  @AfterEach
  void stop() {
    models.close();
  }

  @Test
  void whatIsHeldIsTakenForAllOthers() {
    load("policy", FIRST);
    String why =
        "name: policy is held by run-1 until 2025-01-01T00:01:00Z, or longer"
            + " (expected: a model that nobody else holds)";
    refused(Reason.PRECONDITION, why, () -> models.unload("policy", "run-2", NO_PATIENCE));
    refused(Reason.PRECONDITION, why, () -> models.unload("policy", NO_PATIENCE));
    refused(Reason.PRECONDITION, why, () -> load("policy", SECOND));
    refused(Reason.PRECONDITION, why, () -> models.load("policy", policy));
    String taken = "name: policy (expected: the name of no loaded model)";
    refused(Reason.ALREADY_EXISTS, taken, () -> load("policy", FIRST));
    models.unload("policy", "run-1", NO_PATIENCE);
    load("policy", SECOND);
    assertEquals("run-2", models.lease(models.find("policy")).holder());
  }

  /** Renewed after 59 s, they last until 119 s. */
  @Test
  void modelsGoWhenTheirLeaseIsOver() {
    load("policy", FIRST);
    load("other", SECOND);
    models.load("stays", policy);
    clock.pass(Duration.ofSeconds(59));
    models.unloadLapsed(NO_PATIENCE);
    assertEquals(List.of("other", "policy", "stays"), names());
    assertEquals(List.of("policy"), models.renew("run-1"));
    assertEquals(Instant.parse("2025-01-01T00:01:59Z"), models.lease(models.find("policy")).end());
    assertEquals(List.of(), models.renew("run-3"));
    clock.pass(Duration.ofSeconds(1));
    models.unloadLapsed(NO_PATIENCE);
    assertEquals(List.of("policy", "stays"), names());
    assertEquals(List.of(), models.renew("run-2"));
    clock.pass(Duration.ofSeconds(58));
    models.unloadLapsed(NO_PATIENCE);
    assertEquals(List.of("policy", "stays"), names());
    clock.pass(Duration.ofSeconds(1));
    models.unload("policy", "run-2", NO_PATIENCE); // over, though nobody has looked yet
    clock.pass(Duration.ofDays(9));
    models.unloadLapsed(NO_PATIENCE);
    assertEquals(List.of("stays"), names());
    assertNull(models.lease(models.find("stays")));
  }

  /** A lease belongs to what was loaded, not to the name. */
  @Test
  void aLeaseEndsWithItsModel() {
    load("policy", FIRST);
    models.unload("policy", "run-1", NO_PATIENCE);
    models.load("policy", policy);
    assertEquals(List.of(), models.renew("run-1"));
    clock.pass(Duration.ofSeconds(61));
    models.unloadLapsed(NO_PATIENCE);
    models.unload("policy", "run-2", NO_PATIENCE);
  }

  @Test
  void holdersHaveNamesAndLeasesAnEnd() {
    UserError nameless = assertThrows(UserError.class, () -> models.renew(""));
    assertEquals("holder: \"\" (expected: letters, digits, . _ and -)", nameless.getMessage());
    for (Duration wrong : List.of(Duration.ofSeconds(-1), Duration.ofSeconds(86_401))) {
      UserError e = assertThrows(UserError.class, () -> new Hold("run-1", wrong));
      assertEquals(
          "lease_seconds: " + wrong.toSeconds() + " (expected: 1 to 86400)", e.getMessage());
    }
  }

  private void load(String name, Hold hold) {
    models.load(name, policy, null, null, null, hold);
  }

  private List<String> names() {
    return models.list().stream().map(ServedModel::name).toList();
  }

  private static void refused(Reason reason, String why, Executable attempt) {
    Refusal refusal = assertThrows(Refusal.class, attempt);
    assertEquals(why, refusal.getMessage());
    assertEquals(reason, refusal.reason());
  }
}
