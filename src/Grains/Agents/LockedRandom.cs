namespace Actors.Grains.Agents;

/// <summary>One generator for all that a silo spreads in time, instead of one for each of its peers. Safe for use from any thread.</summary>
/// <param name="seed">Decides every number that comes.</param>
public sealed class LockedRandom(int seed) : Random
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    /// <inheritdoc/>
    public override int Next()
    {
        lock (_gate)
            return _random.Next();
    }

    /// <inheritdoc/>
    public override int Next(int maxValue)
    {
        lock (_gate)
            return _random.Next(maxValue);
    }

    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue)
    {
        lock (_gate)
            return _random.Next(minValue, maxValue);
    }

    /// <inheritdoc/>
    public override long NextInt64()
    {
        lock (_gate)
            return _random.NextInt64();
    }

    /// <inheritdoc/>
    public override long NextInt64(long maxValue)
    {
        lock (_gate)
            return _random.NextInt64(maxValue);
    }

    /// <inheritdoc/>
    public override long NextInt64(long minValue, long maxValue)
    {
        lock (_gate)
            return _random.NextInt64(minValue, maxValue);
    }

    /// <inheritdoc/>
    public override double NextDouble()
    {
        lock (_gate)
            return _random.NextDouble();
    }

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer)
    {
        lock (_gate)
            _random.NextBytes(buffer);
    }

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        lock (_gate)
            _random.NextBytes(buffer);
    }
}
