namespace Actors.Simulation.Tests.Cluster;

/// <summary>All randomness of a world, from its seed.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    public bool Of(double probability) => _random.NextDouble() < probability;

    public double Between(double low, double high) => low + (_random.NextDouble() * (high - low));

    public int Below(int count) => _random.Next(count);

    public T One<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];
}
