using Actors.Storage.Profiles;
using Actors.Storage.Shares;

namespace Actors.Storage.Tests.Simulation;

/// <summary>The three links between three nodes: when they fail and come back, what applications use of them, and what is left for copies.</summary>
internal sealed class SimulatedLinks
{
    public static readonly string[] Nodes = ["a", "b", "c"];

    public static readonly PacingProfile Profile = PacingProfile.Find("25G")!;

    private const int HeadroomPercent = 10;
    private const int MaxCopiesOfPool = 4;
    private const long PoolBytesPerSecond = 2_400_000_000;

    private readonly SimulationSettings _settings;
    private readonly Random _random;
    private readonly List<Link> _links;
    private readonly string[] _pools;

    public SimulatedLinks(SimulationSettings settings, Random random, IEnumerable<string> pools)
    {
        (_settings, _random) = (settings, random);
        _pools = [.. pools];
        _links = [.. ((string[])["a-b", "a-c", "b-c"]).Select(name => new Link(name, new LinkHealth(new LinkHealthOptions(), new Random(random.Next()))))];
    }

    public static long MaxRateBytesPerSecond => Profile.MaxRateKiBps * 1_024L;

    public static long MinRateBytesPerSecond => Profile.MinRateKiBps * 1_024L;

    /// <summary>How often a link went down.</summary>
    public int Downs { get; private set; }

    /// <summary>The link between the nodes of two pools, which are named tier-node.</summary>
    public static string Between(string pool, string other) => string.Join('-', ((string[])[pool[^1..], other[^1..]]).Order());

    public bool IsUp(string link) => _links.Single(one => one.Name == link).IsUp;

    /// <summary>Goes on to a time; links fail, flap and come back, and load changes.</summary>
    public void Pass(long nowMs)
    {
        foreach (var link in _links)
        {
            if (nowMs >= link.ChangesAtMs)
            {
                if (nowMs >= _settings.CalmMs) link.IsUp = true;
                else if (link.ChangesAtMs > 0) link.IsUp = !link.IsUp;
                if (!link.IsUp) Downs++;
                // Down for a minute to twenty; up for half a day, or in one of four cases for seconds only: it flaps.
                link.ChangesAtMs = nowMs >= _settings.CalmMs ? long.MaxValue
                    : nowMs + (!link.IsUp ? 60_000 + _random.Next(1_140_000) : _random.Next(4) == 0 ? 5_000 + _random.Next(30_000) : 3_600_000 + _random.Next(40_000_000));
            }

            link.Health.Observe(nowMs, link.IsUp);
            if (_random.Next(6) == 0) link.Load.Observe(nowMs, _random.NextInt64(1_500_000_000));
        }
    }

    /// <summary>What copies may take of everything now.</summary>
    public Dictionary<string, ResourceBudget> Budgets(long nowMs)
    {
        var budgets = _links.ToDictionary(static link => link.Name, link => new ResourceBudget(
            link.IsUp ? ResourceBudget.Of(Profile.LinkBitsPerSecond / 8, HeadroomPercent, link.Load.At(nowMs), MaxRateBytesPerSecond) : 0, link.Health.MaxCopies(nowMs)));
        foreach (var pool in _pools)
        {
            budgets[$"read {pool}"] = new ResourceBudget(PoolBytesPerSecond, MaxCopiesOfPool);
            budgets[$"write {pool}"] = new ResourceBudget(PoolBytesPerSecond, MaxCopiesOfPool);
        }

        return budgets;
    }

    private sealed class Link(string name, LinkHealth health)
    {
        public string Name { get; } = name;

        public LinkHealth Health { get; } = health;

        public ApplicationLoad Load { get; } = new(TimeSpan.FromSeconds(20));

        public bool IsUp { get; set; } = true;

        public long ChangesAtMs { get; set; }
    }
}
