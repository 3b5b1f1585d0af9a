package org.rlaif.training;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.rlaif.training");

  @Test
  void seesTheRoom() {
    assertTrue(classes.contain("org.rlaif.training.cli.Rlaif"));
    assertTrue(classes.contain("org.rlaif.training.jobs.PpoJob"));
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
  void mathematicsThatNeedsNoGradientKnowsNoTensor() {
    noClasses()
        .that()
        .resideInAnyPackage("org.rlaif.training.math..", "org.rlaif.training.tldr..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rlaif.torch..")
        .check(classes);
  }

  @Test
  void jobsDoNotKnowWhoRunsOrReportsThem() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.rlaif.training.jobs..",
            "org.rlaif.training.losses..",
            "org.rlaif.training.math..",
            "org.rlaif.training.data..",
            "org.rlaif.training.tldr..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.rlaif.training.run..", "org.rlaif.training.report..", "org.rlaif.training.cli..")
        .check(classes);
  }

  @Test
  void whatIsTrainedNeverSeesTheGoldJudge() {
    noClasses()
        .that()
        .resideInAnyPackage("org.rlaif.training.jobs..", "org.rlaif.training.losses..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rlaif.training.tldr..")
        .check(classes);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.rlaif.training.(*)..").should().beFreeOfCycles().check(classes);
  }
}
