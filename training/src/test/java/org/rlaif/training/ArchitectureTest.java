package org.rlaif.training;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Circles;

class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.training");

  @Test
  void seesTheRoom() {
    assertTrue(classes.contain("org.rlaif.training.cli.Rlaif"));
    assertTrue(classes.contain("org.rlaif.training.onpolicy.Ppo"));
  }

  @Test
  void onlyTheCommandLineKnowsServing() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.rlaif.training.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.rlaif.serving..", "org.rlaif.bench..")
        .check(classes);
  }

  @Test
  void nobodyTouchesAnEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "ai.onnxruntime..", "org.bytedeco..", "ai.djl..", "org.rlaif.serving.engine..")
        .check(classes);
  }

  @Test
  void onlyRowsAreReadByDuckDb() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.rlaif.training.rows..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.duckdb..", "java.sql..")
        .check(classes);
  }

  @Test
  void mathematicsThatNeedsNoGradientKnowsNoTensor() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.rlaif.training.math..", "org.rlaif.training.tldr..", "org.rlaif.training.walks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rlaif.torch..")
        .check(classes);
  }

  @Test
  void arrowsPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("cli")
        .definedBy("org.rlaif.training.cli..")
        .layer("comparison")
        .definedBy("org.rlaif.training.comparison..")
        .layer("service")
        .definedBy("org.rlaif.training.service..")
        .layer("verification")
        .definedBy("org.rlaif.training.verification..")
        .layer("stages")
        .definedBy("org.rlaif.training.stages..")
        .layer("run")
        .definedBy("org.rlaif.training.run..")
        .layer("report")
        .definedBy("org.rlaif.training.report..")
        .layer("trainers")
        .definedBy(
            "org.rlaif.training.onpolicy..",
            "org.rlaif.training.offline..",
            "org.rlaif.training.evaluation..")
        .layer("rollouts")
        .definedBy("org.rlaif.training.rollouts..")
        .layer("learning")
        .definedBy("org.rlaif.training.learning..")
        .layer("checkpoint")
        .definedBy("org.rlaif.training.checkpoint..")
        .layer("data")
        .definedBy("org.rlaif.training.data..")
        .layer("rows")
        .definedBy("org.rlaif.training.rows..")
        .layer("losses")
        .definedBy("org.rlaif.training.losses..")
        .layer("config")
        .definedBy("org.rlaif.training.config..")
        .layer("environments")
        .definedBy("org.rlaif.training.environments..")
        .layer("rewards")
        .definedBy("org.rlaif.training.rewards..")
        .layer("math")
        .definedBy("org.rlaif.training.math..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("comparison")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("service")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("verification")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("stages")
        .mayOnlyBeAccessedByLayers("cli", "comparison", "service", "verification")
        .whereLayer("run")
        .mayOnlyBeAccessedByLayers("cli", "comparison", "service", "verification", "stages")
        .whereLayer("report")
        .mayOnlyBeAccessedByLayers("cli", "comparison", "verification", "stages", "run")
        .whereLayer("trainers")
        .mayOnlyBeAccessedByLayers("comparison", "verification", "stages")
        .whereLayer("rollouts")
        .mayOnlyBeAccessedByLayers("comparison", "verification", "stages", "trainers")
        .whereLayer("learning")
        .mayOnlyBeAccessedByLayers("verification", "trainers", "rollouts")
        .whereLayer("checkpoint")
        .mayOnlyBeAccessedByLayers(
            "cli", "service", "comparison", "verification", "stages", "run", "trainers")
        .whereLayer("losses")
        .mayOnlyBeAccessedByLayers("trainers", "config")
        .whereLayer("environments")
        .mayOnlyBeAccessedByLayers("stages", "trainers", "rollouts", "config")
        .whereLayer("rows")
        .mayOnlyBeAccessedByLayers("cli", "data")
        .whereLayer("data")
        .mayOnlyBeAccessedByLayers("cli", "stages", "run")
        .check(classes);
  }

  @Test
  void whatIsTrainedNeverSeesTheGoldJudge() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.rlaif.training.onpolicy..",
            "org.rlaif.training.offline..",
            "org.rlaif.training.rewards..",
            "org.rlaif.training.losses..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.rlaif.training.tldr..", "org.rlaif.training.walks..")
        .check(classes);
  }

  @Test
  void knowsNoCircles() {
    Circles.refuse(classes);
  }
}
