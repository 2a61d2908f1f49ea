using Actors.Membership;
using Actors.Runtime.Tests.Support;
using Actors.Tests.Membership;

namespace Actors.Runtime.Tests.Membership;

/// <summary>The table in memory keeps the promises of a table that several silos share.</summary>
public sealed class InMemoryMembershipTableTests : SharedMembershipTableCompliance
{
    private readonly VirtualTime _time = new();
    private readonly InMemoryMembershipTable _table;

    public InMemoryMembershipTableTests() => _table = new InMemoryMembershipTable(Cluster, _time);

    protected override Task<ILeasedMembershipTable> OpenAsync() => Task.FromResult<ILeasedMembershipTable>(_table);

    protected override Task AgeLeasesAsync(TimeSpan by)
    {
        _time.Advance(by);
        return Task.CompletedTask;
    }
}
