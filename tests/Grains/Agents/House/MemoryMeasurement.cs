namespace Actors.Grains.Tests.Agents.House;

/// <summary>Tests that weigh the heap run alone: what others allocate meanwhile would be weighed with it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryMeasurement
{
    public const string Name = "memory";
}
