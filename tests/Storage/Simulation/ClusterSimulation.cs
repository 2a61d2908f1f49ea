using System.Text.Json.Nodes;
using Actors.Storage.Heat;
using Actors.Storage.Migrations;
using Actors.Storage.Policies;
using Actors.Storage.Shares;
using Actors.Storage.Tiering;

namespace Actors.Storage.Tests.Simulation;

/// <summary>
/// Three nodes with pools of three tiers, policies, volumes whose heat changes, links that fail, a Prometheus that goes blind, a back end that fails
/// and processes that die, on virtual time and one thread. It checks at every step what may never happen, and keeps what did.
/// </summary>
internal sealed class ClusterSimulation
{
    private const long Gigabyte = 1_000_000_000;
    private const long PoolBytes = 200_000 * Gigabyte;
    private const long MaxConcurrentMigrations = 2;

    private readonly SimulationSettings _settings;
    private readonly Random _random;
    private readonly PolicyRound _round = new(Options);
    private readonly SimulatedLinks _links;
    private readonly List<SimulatedVolume> _volumes;
    private readonly Dictionary<string, SimulatedVolume> _volumesByName;
    private readonly List<SimulatedVolume> _moving = [];
    private readonly Dictionary<string, PoolFacts> _pools;
    private readonly Dictionary<string, long> _usedBytes = [];
    private readonly Queue<Dictionary<string, ResourceBudget>> _budgets = new();
    private (StoragePolicy Policy, StoragePolicyStatus Status)[] _policies;
    private ShareBook _book = new(SimulationSettings.TimeToLive);
    private long _booksFromMs;
    private long _nowMs;

    public ClusterSimulation(SimulationSettings settings)
    {
        (_settings, _random) = (settings, new Random(settings.Seed));
        _pools = (from tier in (string[])["hot", "warm", "cold"]
                  from node in SimulatedLinks.Nodes
                  select new PoolFacts($"{tier}-{node}", node, new Dictionary<string, string> { ["tier"] = tier }, true, PoolBytes, PoolBytes)).ToDictionary(static pool => pool.Name);
        _links = new SimulatedLinks(settings, _random, _pools.Keys);
        _policies = [.. Enumerable.Range(0, settings.Policies).Select(static index => (Policy($"p{index:00}"), new StoragePolicyStatus()))];
        _volumes = [.. Enumerable.Range(0, settings.Volumes).Select(Volume)];
        _volumesByName = _volumes.ToDictionary(static volume => volume.Name);
        foreach (var pool in _pools.Keys) _usedBytes[pool] = 0;
        foreach (var volume in _volumes)
        {
            foreach (var pool in volume.Pools) _usedBytes[pool] += volume.SizeBytes;
        }
    }

    public static TieringOptions Options { get; } = new();

    /// <summary>Every move that was decided, in order.</summary>
    public List<SimulatedMove> Moves { get; } = [];

    public IReadOnlyList<SimulatedVolume> Volumes => _volumes;

    public IEnumerable<StoragePolicyStatus> Statuses => _policies.Select(static pair => pair.Status);

    public int Downs => _links.Downs;

    public int Deaths { get; private set; }

    public int Failures { get; private set; }

    public int BlindRounds { get; private set; }

    /// <summary>Most copies that were under way at once.</summary>
    public int MostCopies { get; private set; }

    private bool IsCalm => _nowMs >= _settings.CalmMs;

    /// <summary>Runs to the end.</summary>
    public void Run()
    {
        var changes = new Queue<long>(_settings.ChangesMs);
        for (long round = 1; _nowMs < _settings.EndMs; round++)
        {
            Pass(round * _settings.ReconcileMs);
            if (changes.TryPeek(out var change) && _nowMs >= change)
            {
                changes.Dequeue();
                foreach (var volume in _volumes.Where(_ => _random.Next(3) == 0)) volume.Habit = Habit.All[_random.Next(Habit.All.Length)];
            }

            Reconcile();
        }

        while (_moving.Count > 0) Pass(_nowMs + _settings.ReconcileMs);
    }

    /// <summary>The tier in which a volume lies.</summary>
    public Tier TierOf(SimulatedVolume volume) => new TierPools(_policies[0].Policy.Spec, _pools, Options).TierOf(volume.ToFacts());

    private static StoragePolicy Policy(string name)
    {
        var mistakes = new List<string>();
        var spec = PolicyFields.Read(new JsonObject
        {
            ["hotPoolSelector"] = Selector("hot"),
            ["warmPoolSelector"] = Selector("warm"),
            ["coldPoolSelector"] = Selector("cold"),
            ["volumeSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["maxConcurrentMigrations"] = MaxConcurrentMigrations,
        }, mistakes);
        Assert.Empty(mistakes);
        return new StoragePolicy(name, spec);
    }

    private static JsonObject Selector(string tier) => new() { ["matchLabels"] = new JsonObject { ["tier"] = tier } };

    private SimulatedVolume Volume(int index)
    {
        var nodes = SimulatedLinks.Nodes.OrderBy(_ => _random.Next()).ToArray();
        var tier = ((string[])["hot", "warm", "cold"])[_random.Next(3)];
        var isSingle = _random.Next(10) < 7;
        return new SimulatedVolume(
            FormattableString.Invariant($"v{index:0000}"), FormattableString.Invariant($"p{index % _settings.Policies:00}"), (5 + _random.Next(120)) * Gigabyte, isSingle,
            [.. nodes.Take(isSingle ? 1 : 2).Select(node => $"{tier}-{node}")], Habit.All[_random.Next(Habit.All.Length)]);
    }

    private void Reconcile()
    {
        var isBlind = !IsCalm && _random.Next(25) == 0;
        if (isBlind) BlindRounds++;
        var pools = _pools.Values.Select(pool => pool with { FreeBytes = PoolBytes - _usedBytes[pool.Name] });
        var results = _round.Reconcile(_policies, [.. _volumes.Select(static volume => volume.ToFacts())], pools, (facts, _) => Read(facts.Name, isBlind), facts => _volumesByName[facts.Name].Memory, _nowMs);
        _policies = [.. results.Select(static result => (result.Policy, result.Status))];
        foreach (var (name, decision) in results.SelectMany(static result => result.Decisions))
        {
            var volume = _volumesByName[name];
            volume.Memory = decision.Memory;
            if (decision.Action != TierAction.Move) continue;
            Assert.False(isBlind, $"{name} moves though nothing is known");
            (volume.Decision, volume.DecidedAtMs) = (decision, _nowMs);
            foreach (var move in decision.Moves)
            {
                volume.Moves.Enqueue(move);
                _usedBytes[move.TargetPool] += volume.SizeBytes;
            }

            Moves.Add(new SimulatedMove(volume, _nowMs, decision.From, decision.To));
            _moving.Add(volume);
        }

        foreach (var moving in _moving.GroupBy(static volume => volume.Policy)) Assert.InRange(moving.Count(), 0, (int)MaxConcurrentMigrations);
        foreach (var (pool, used) in _usedBytes) Assert.True(used <= PoolBytes / 10 * 9, $"{pool} has {used} bytes of {PoolBytes}");
    }

    private HeatReading Read(string volume, bool isBlind) =>
        isBlind || (!IsCalm && _random.Next(100) == 0) ? new HeatReading(null, "no data", _nowMs) : new HeatReading(_volumesByName[volume].Habit.At(_nowMs, _random), null, _nowMs);

    /// <summary>Goes on to a time, in steps while anything moves.</summary>
    private void Pass(long untilMs)
    {
        while (_nowMs < untilMs)
        {
            _nowMs = _moving.Count == 0 ? untilMs : Math.Min(untilMs, _nowMs + SimulationSettings.TickMs);
            _links.Pass(_nowMs);
            if (_moving.Count > 0) Tick();
        }
    }

    private void Tick()
    {
        foreach (var volume in _moving.Where(static volume => volume.Migration is null)) volume.Migration = new SimulatedMigration(volume, volume.Moves.Peek(), new MigrationOptions(), _nowMs);
        var migrations = _moving.Select(static volume => volume.Migration!).ToList();
        foreach (var migration in migrations) migration.Pass(_nowMs);
        if (Chance(300)) Die(migrations);
        Lend(migrations);
        foreach (var migration in migrations)
        {
            var fault = Chance(100) ? (SimulatedFault)_random.Next(5) : SimulatedFault.None;
            if (!migration.BackEnd.RemovesTheWrongOne && Chance(5_000)) migration.BackEnd.RemovesTheWrongOne = true;
            migration.Step(_nowMs, _links.IsUp(migration.Link), isSeen: !Chance(100), fault);
        }

        Check(migrations);
        foreach (var volume in _moving.Where(static volume => volume.Migration!.Stored.IsFinal).ToList()) End(volume);
    }

    private void Die(List<SimulatedMigration> migrations)
    {
        Deaths++;
        foreach (var migration in migrations) migration.Die();
        // Who lends shares knows nothing of those that were lent: it lends none until they have ended.
        (_book, _booksFromMs) = (new ShareBook(SimulationSettings.TimeToLive), _nowMs + (long)SimulationSettings.TimeToLive.TotalMilliseconds);
    }

    private void Lend(List<SimulatedMigration> migrations)
    {
        var budgets = _links.Budgets(_nowMs);
        _budgets.Enqueue(budgets);
        if (_budgets.Count > 3) _budgets.Dequeue();
        if (_nowMs < _booksFromMs) return;
        foreach (var migration in migrations)
        {
            if (migration.WantsSlot) _book.Ask(_nowMs, migration.Demand, migration.GoesByGrant);
            else if (!migration.BackEnd.IsCopying) _book.Release(migration.Id);
        }

        var byId = migrations.ToDictionary(static migration => migration.Id);
        foreach (var grant in _book.Tick(_nowMs, budgets))
        {
            if (byId.TryGetValue(grant.Id, out var migration) && !Chance(100)) migration.Take(grant); // else it is lost
        }
    }

    private void Check(List<SimulatedMigration> migrations)
    {
        var copying = migrations.Where(static migration => migration.RateBytesPerSecond > 0).ToList();
        MostCopies = Math.Max(MostCopies, copying.Count);
        foreach (var resource in copying.SelectMany(static migration => migration.Resources).Distinct())
        {
            var used = copying.Where(migration => migration.Resources.Contains(resource)).Sum(static migration => migration.RateBytesPerSecond);
            var most = _budgets.Max(budgets => budgets[resource].BytesPerSecond);
            Assert.True(used <= most, $"at {_nowMs} ms {resource} carries {used} B/s of {most}");
        }
    }

    private void End(SimulatedVolume volume)
    {
        var migration = volume.Migration!;
        volume.Migration = null;
        var move = volume.Moves.Dequeue();
        var isDone = migration.Stored.Phase == MigrationPhase.Done;
        var pools = migration.BackEnd.Replicas.Select(static replica => replica.Pool).Order().ToList();
        Assert.All(migration.BackEnd.Replicas, static replica => Assert.True(replica.IsInSync));
        Assert.Equal(volume.Pools.Select(pool => isDone && pool == move.SourcePool ? move.TargetPool : pool).Order(), pools);
        Assert.Equal(pools.Count, pools.Select(static pool => pool[^1]).Distinct().Count());
        (volume.Pools[volume.Pools.IndexOf(move.SourcePool)], var left) = isDone ? (move.TargetPool, move.SourcePool) : (move.SourcePool, move.TargetPool);
        _usedBytes[left] -= volume.SizeBytes;
        _book.Release(migration.Id);
        if (!isDone)
        {
            foreach (var dropped in volume.Moves) _usedBytes[dropped.TargetPool] -= volume.SizeBytes;
            volume.Moves.Clear();
        }

        if (volume.Moves.Count > 0) return;
        _moving.Remove(volume);
        Moves.Single(one => one.Volume == volume && one.AtMs == volume.DecidedAtMs).IsDone = isDone;
        if (!isDone) Failures++;
        var index = Array.FindIndex(_policies, pair => pair.Policy.Name == volume.Policy);
        _policies[index].Status = _policies[index].Status.With(new MigrationRecord(
            volume.Name, DateTimeOffset.FromUnixTimeMilliseconds(_nowMs), volume.Decision!.From.ToString(), volume.Decision.To.ToString(), 0, "", isDone, isDone ? null : migration.Stored.Reason));
    }

    private bool Chance(int of) => !IsCalm && _random.Next(of) == 0;
}
