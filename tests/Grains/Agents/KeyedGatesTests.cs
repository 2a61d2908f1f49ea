using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

public sealed class KeyedGatesTests
{
    [Fact]
    public void Each_has_its_own_share()
    {
        var gates = new KeyedGates<int>(120, 60_000);
        Assert.All(Enumerable.Range(0, 120), _ => Assert.Equal(0, gates.TryEnter(1, 5_000)));
        Assert.InRange(gates.TryEnter(1, 5_000), 1_000, 60_000);
        Assert.Equal(0, gates.TryEnter(2, 5_000));
        Assert.Equal(0, gates.TryEnter(1, 5_500));
        Assert.NotEqual(0, gates.TryEnter(1, 5_500));
        gates.GiveBack(1);
        Assert.Equal(0, gates.TryEnter(1, 5_500));
    }

    [Fact]
    public void Those_that_are_quiet_are_forgotten_and_those_that_find_no_place_share_one()
    {
        var gates = new KeyedGates<int>(60, 60_000);
        for (var key = 0; key < KeyedGates<int>.MaxKeys; key++)
            Assert.Equal(0, gates.TryEnter(key, 0));
        Assert.Equal(KeyedGates<int>.MaxKeys, gates.Count);
        for (var key = -1; key >= -60; key--)
            Assert.Equal(0, gates.TryEnter(key, 0));
        Assert.NotEqual(0, gates.TryEnter(-61, 0));
        Assert.Equal(KeyedGates<int>.MaxKeys, gates.Count);
        gates.GiveBack(-61);
        Assert.Equal(0, gates.TryEnter(-62, 0));

        // A second later each of them is as new.
        Assert.Equal(0, gates.TryEnter(7, 1_000));
        Assert.Equal(0, gates.TryEnter(-63, 1_000));
        Assert.InRange(gates.Count, 1, 2);
    }
}
