using Actors.Grains.Work;
using Orleans.Runtime;

namespace Actors.Grains.Tests.Work;

/// <content>What a call to nobody's grain comes to, which is the house's runtime's own answer (docs/orleans.md).</content>
public sealed partial class SweeperTests
{
    [Fact]
    public async Task A_grain_of_a_class_that_this_program_does_not_know_keeps_nobody_asleep()
    {
        await StartAsync();
        await PausingAsync();
        _board.Grains = [GrainId.Create("of another version", "a"), ErrandBoard.Errand("good")];
        Assert.Equal(new SweepResult(1, 1), await Sweeper.SweepAsync(default));
        Assert.Equal(1, _board.CountOf("good"));
    }
}
