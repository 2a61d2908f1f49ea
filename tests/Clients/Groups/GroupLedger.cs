namespace Actors.Clients.Tests.Groups;

/// <summary>
/// What the members of one group over one topic say: who owns which partition, what was read, how far is committed. A partition
/// with two owners and a record that comes again after its commit are breaches.
/// </summary>
public sealed class GroupLedger
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, string> _owners = [];
    private readonly Dictionary<int, long> _committed = [];
    private readonly HashSet<(int Partition, long Offset)> _read = [];
    private readonly List<string> _breaches = [];
    private TaskCompletionSource _change = NewChange();

    /// <summary>Everything that must not happen and has.</summary>
    public IReadOnlyList<string> Breaches
    {
        get
        {
            lock (_gate)
            {
                return [.. _breaches];
            }
        }
    }

    /// <summary>The group has given a partition to a member.</summary>
    public void Assigned(string member, int partition) => Change(() =>
    {
        if (!_owners.TryAdd(partition, member))
        {
            _breaches.Add($"{member} is given partition {partition}, which {_owners[partition]} has");
        }
    });

    /// <summary>A member has given a partition back, or has died with it.</summary>
    public void GivenUp(string member, int partition) => Change(() =>
    {
        if (!_owners.Remove(partition, out var owner) || owner != member)
        {
            _breaches.Add($"{member} gives partition {partition} up, which {owner ?? "nobody"} has");
        }
    });

    /// <summary>A member has died: what it owned has no owner.</summary>
    public void Died(string member) => Change(() =>
    {
        foreach (var partition in PartitionsOf(member))
        {
            _owners.Remove(partition);
        }
    });

    /// <summary>A member has read a record.</summary>
    public void Read(string member, int partition, long offset) => Change(() =>
    {
        _read.Add((partition, offset));
        if (_owners.GetValueOrDefault(partition) != member)
        {
            _breaches.Add($"{member} reads {partition}@{offset}, which is not its own");
        }

        if (offset < _committed.GetValueOrDefault(partition))
        {
            _breaches.Add($"{member} reads {partition}@{offset} after {_committed[partition]} was committed");
        }
    });

    /// <summary>A commit has succeeded.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="nextOffset">Where whoever takes over begins.</param>
    public void Committed(int partition, long nextOffset) => Change(() => _committed[partition] = nextOffset);

    /// <summary>Ends when all the partitions are shared like this, in any order.</summary>
    public Task SharedAsync(int partitions, params string[] members) => UntilAsync(
        () => _owners.Count == partitions && members.All(member => PartitionsOf(member).Count == partitions / members.Length),
        $"{partitions} partitions are shared by {string.Join(", ", members)}");

    /// <summary>Ends when all of these records were read and committed.</summary>
    public Task ReadAsync(IReadOnlyCollection<(int Partition, long Offset)> records) => UntilAsync(
        () => records.All(record => _read.Contains(record) && _committed.GetValueOrDefault(record.Partition) > record.Offset),
        $"{records.Count} records are read and committed");

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private List<int> PartitionsOf(string member) => [.. _owners.Where(owned => owned.Value == member).Select(owned => owned.Key)];

    private void Change(Action what)
    {
        TaskCompletionSource change;
        lock (_gate)
        {
            what();
            (change, _change) = (_change, NewChange());
        }

        change.SetResult();
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        using var guard = new CancellationTokenSource(Guard);
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (condition())
                {
                    return;
                }

                change = _change.Task;
            }

            try
            {
                await change.WaitAsync(guard.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"It did not come to pass in {Guard} that {what}.\n{Describe()}");
            }
        }
    }

    private string Describe()
    {
        lock (_gate)
        {
            return $"""
                owners: {string.Join(", ", _owners.OrderBy(owned => owned.Key).Select(owned => $"{owned.Key} {owned.Value}"))}
                read: {_read.Count} records
                committed: {string.Join(", ", _committed.OrderBy(committed => committed.Key).Select(committed => $"{committed.Key}@{committed.Value}"))}
                breaches: {string.Join("; ", _breaches)}
                """;
        }
    }
}
