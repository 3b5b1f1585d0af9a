package org.rlaif.kit;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/** Classes that need each other, and packages that do. For the architecture tests of every room. */
public final class Circles {
  private Circles() {}

  /** Fails where packages, or files, depend on each other in a circle; names all that do. */
  public static void refuse(JavaClasses room) {
    slices().assignedFrom(packages()).should().beFreeOfCycles().check(room);
    slices().assignedFrom(files()).should().beFreeOfCycles().check(room);
  }

  private static SliceAssignment packages() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass each) {
        return SliceIdentifier.of(each.getPackageName());
      }

      @Override
      public String getDescription() {
        return "packages";
      }
    };
  }

  /** A class and all that is nested in it are one. */
  private static SliceAssignment files() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass each) {
        return SliceIdentifier.of(each.getName().replaceFirst("\\$.*", ""));
      }

      @Override
      public String getDescription() {
        return "files";
      }
    };
  }
}
