/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.application.ShareGroup;
import dev.fcgid4j.codec.Role;
import dev.fcgid4j.process.ProcessCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What each class is due of a number of places, by weight and by what it wants. */
class FairSharesTest {

    private static final Offset<Double> NEARLY = Offset.offset(1e-9);
    private static final ShareGroup ONE = ShareGroup.ofSite("one");
    private static final ShareGroup TWO = ShareGroup.ofSite("two");

    private static Claimant claimant(ShareGroup group, int weight, int wanted) {
        ProcessClass of = new ProcessClass(
                "/a",
                new ProcessCommand(List.of("/a"), Map.of(), Path.of("/")),
                ChangePolicy.strict(List.of()),
                ClassLimits.defaults().toBuilder().weight(weight).build(),
                Role.RESPONDER,
                group);
        return new Claimant(of, new ClassDemand(0, 0, 0, 0, 0, false, wanted, 0, 0, 0), 0);
    }

    private static List<Double> shares(double places, Claimant... claimants) {
        FairShares.assign(places, List.of(claimants));
        return List.of(claimants).stream().map(Claimant::share).toList();
    }

    @Test
    void equalClassesGetEqualShares() {
        assertThat(shares(4, claimant(ONE, 1, 9), claimant(ONE, 1, 9))).containsExactly(2.0, 2.0);
    }

    @Test
    void sharesFollowTheWeights() {
        assertThat(shares(7, claimant(ONE, 1, 9), claimant(ONE, 2, 9), claimant(ONE, 4, 9)))
                .containsExactly(1.0, 2.0, 4.0);
    }

    @Test
    void noClassGetsMoreThanItWantsAndTheOthersShareTheRest() {
        assertThat(shares(10, claimant(ONE, 1, 1), claimant(ONE, 1, 20), claimant(ONE, 2, 20)))
                .containsExactly(1.0, 3.0, 6.0);
    }

    @Test
    void whereThereIsEnoughEachClassGetsWhatItWants() {
        assertThat(shares(10, claimant(ONE, 1, 3), claimant(TWO, 1, 5))).containsExactly(3.0, 5.0);
    }

    @Test
    void groupsShareBeforeTheirClassesDo() {
        assertThat(shares(6, claimant(ONE, 1, 9), claimant(TWO, 1, 9), claimant(TWO, 2, 9)))
                .containsExactly(3.0, 1.0, 2.0);
    }

    @Test
    void groupsShareByTheirOwnWeights() {
        ShareGroup heavy = new ShareGroup("heavy", 3);

        assertThat(shares(8, claimant(ONE, 5, 9), claimant(heavy, 1, 9))).containsExactly(2.0, 6.0);
    }

    @Test
    void moreClassesThanPlacesGetParts() {
        List<Double> shares = shares(1, claimant(ONE, 1, 1), claimant(ONE, 1, 1), claimant(ONE, 1, 1));

        assertThat(shares).allSatisfy(share -> assertThat(share).isEqualTo(1.0 / 3, NEARLY));
    }

    @Test
    void classThatWantsNothingGetsNothing() {
        assertThat(shares(4, claimant(ONE, 1, 0), claimant(TWO, 1, 9))).containsExactly(0.0, 4.0);
    }
}
