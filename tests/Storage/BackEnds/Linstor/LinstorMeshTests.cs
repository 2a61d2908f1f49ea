using System.Net;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Linstor.Mesh;
using Actors.Storage.BackEnds.Mesh;
using Actors.Storage.Profiles;

namespace Actors.Storage.Tests.BackEnds.Linstor;

/// <summary>The mesh of three nodes, rendered for a controller that enforces its rules.</summary>
public sealed class LinstorMeshTests : IAsyncLifetime
{
    private const string Rate = "DrbdOptions/PeerDevice/c-max-rate";

    private static readonly MeshLink[] Links =
    [
        Link("dome", "illusion", "10.50.1.0", "the-dome", "10.50.1.1"),
        Link("toys", "illusion", "10.50.2.1", "the-toy-factory", "10.50.2.0"),
        Link("back", "the-dome", "10.50.3.0", "the-toy-factory", "10.50.3.1"),
    ];

    private readonly FakeLinstor _service = new();
    private readonly HttpClient _http = new();
    private readonly LinstorMesh _mesh;

    public LinstorMeshTests()
    {
        foreach (var (node, address) in ((string, string)[])[("illusion", "192.168.0.1"), ("the-dome", "192.168.0.2"), ("the-toy-factory", "192.168.0.3")])
            _service.Interfaces[node] = new() { ["default"] = address };
        _mesh = new LinstorMesh(_http, new() { Address = _service.Address }, TimeProvider.System);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task Looking_changes_nothing_and_shows_every_difference()
    {
        var plan = await _mesh.PlanAsync(Links, CancellationToken.None);

        Assert.Empty(plan.Mistakes);
        Assert.Equal((6, 6, 9 + 6, 0), (Count(plan, MeshPart.Interface), Count(plan, MeshPart.Path), Count(plan, MeshPart.Option), plan.Right));
        Assert.Contains(new MeshChange(MeshPart.Interface, "illusion", "storage-the-dome", null, "10.50.1.0"), plan.Changes);
        Assert.Contains(new MeshChange(MeshPart.Path, "the-dome~the-toy-factory", "Paths/direct/the-dome", null, "storage-the-toy-factory"), plan.Changes);
        Assert.Contains(new MeshChange(MeshPart.Option, "controller", Rate, null, "2048000"), plan.Changes);
        Assert.Contains(new MeshChange(MeshPart.Option, "illusion~the-dome", "DrbdOptions/Net/max-buffers", null, "92160"), plan.Changes);
        Assert.Contains(new MeshChange(MeshPart.Option, "controller", "DrbdOptions/PeerDevice/c-fill-target", null, "10240"), plan.Changes);
        Assert.Empty(_service.Changes);
    }

    [Fact]
    public async Task What_was_applied_is_right_and_is_not_changed_again()
    {
        Assert.Equal(27, (await _mesh.ApplyAsync(Links, CancellationToken.None)).Changes.Count);

        Assert.Equal(("10.50.1.1", "10.50.3.0"), (_service.Interfaces["the-dome"]["storage-illusion"], _service.Interfaces["the-dome"]["storage-the-toy-factory"]));
        Assert.Equal("storage-illusion", _service.Connections[("illusion", "the-dome")]["Paths/direct/the-dome"]);
        Assert.Equal("682666", _service.Controller["DrbdOptions/PeerDevice/c-min-rate"]);
        Assert.Equal(6 + 3 + 1, _service.Changes.Count);
        Assert.Equal(27, (await _mesh.PlanAsync(Links, CancellationToken.None)).Right);
        Assert.Empty((await _mesh.ApplyAsync(Links, CancellationToken.None)).Changes);
        Assert.Equal(10, _service.Changes.Count);
    }

    [Fact]
    public async Task What_is_there_under_another_name_is_used_and_what_is_wrong_is_shown_with_what_it_is()
    {
        _service.Interfaces["illusion"]["storage-dome"] = "10.50.1.0";
        _service.Interfaces["the-dome"]["storage-illusion"] = "10.99.0.1";
        _service.Connections[("illusion", "the-dome")] = new() { ["Paths/spare/illusion"] = "default", ["Paths/spare/the-dome"] = "default", ["DrbdOptions/Net/max-buffers"] = "2048" };
        _service.Controller[Rate] = "102400";

        var plan = await _mesh.ApplyAsync(Links, CancellationToken.None);

        Assert.Contains(new MeshChange(MeshPart.Path, "illusion~the-dome", "Paths/direct/illusion", null, "storage-dome"), plan.Changes);
        Assert.Contains(new MeshChange(MeshPart.Interface, "the-dome", "storage-illusion", "10.99.0.1", "10.50.1.1"), plan.Changes);
        Assert.Contains(new MeshChange(MeshPart.Option, "illusion~the-dome", "DrbdOptions/Net/max-buffers", "2048", "92160"), plan.Changes);
        Assert.Contains(new MeshChange(MeshPart.Option, "controller", Rate, "102400", "2048000"), plan.Changes);
        Assert.Contains("illusion~the-dome has further paths (spare)", Assert.Single(plan.Notes), StringComparison.Ordinal);
        Assert.Equal(("default", "storage-dome"), (_service.Connections[("illusion", "the-dome")]["Paths/spare/illusion"], _service.Connections[("illusion", "the-dome")]["Paths/direct/illusion"]));
        Assert.DoesNotContain("storage-the-dome", _service.Interfaces["illusion"].Keys);
    }

    [Fact]
    public async Task Links_of_several_profiles_have_the_slowest_ones_rates_where_they_surely_count()
    {
        MeshLink[] mixed = [Links[0], Links[1] with { Profile = PacingProfile.Find("2.5G")! }, Links[2]];
        var plan = await _mesh.ApplyAsync(mixed, CancellationToken.None);

        Assert.Equal("256000", _service.Controller[Rate]);
        Assert.Equal("2048000", _service.Connections[("illusion", "the-dome")][Rate]);
        Assert.DoesNotContain(Rate, _service.Connections[("illusion", "the-toy-factory")].Keys);
        Assert.Equal("36864", _service.Connections[("illusion", "the-toy-factory")]["DrbdOptions/Net/max-buffers"]);
        Assert.Contains("those of 2.5G", Assert.Single(plan.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once_and_nothing_is_changed()
    {
        MeshLink[] wrong =
        [
            Link("a", "illusion", null, "nowhere", "10.0.0.1"), Link("b", "the-dome", "10.0.0.2", "illusion", "10.0.0.3"), Link("c", "illusion", "10.0.0.4", "the-dome", "10.0.0.5"),
        ];
        var plan = await _mesh.ApplyAsync(wrong, CancellationToken.None);

        Assert.Equal(3, plan.Mistakes.Count);
        Assert.Contains(plan.Mistakes, static mistake => mistake.StartsWith("link a lacks the address of its end at illusion: write illusion/ADDRESS", StringComparison.Ordinal));
        Assert.Contains(plan.Mistakes, static mistake => mistake.StartsWith("link a ends at nowhere, and LINSTOR has no node of that name; it has illusion, the-dome, the-toy-factory", StringComparison.Ordinal));
        Assert.Contains(plan.Mistakes, static mistake => mistake.StartsWith("b and c join the same nodes", StringComparison.Ordinal));
        Assert.Contains("no links are set", Assert.Single((await _mesh.PlanAsync([], CancellationToken.None)).Mistakes), StringComparison.Ordinal);
        Assert.Empty(_service.Changes);
    }

    [Fact]
    public async Task A_change_that_fails_in_the_middle_says_how_far_it_came_and_the_rest_is_done_by_the_next_one()
    {
        var refusals = 0;
        _service.Instead = request => request.StartsWith("PUT v1/node-connections/", StringComparison.Ordinal) && refusals++ == 1 ? (500, """[{"ret_code":-4611686018427386905,"message":"no database"}]""") : null;
        var failure = await Assert.ThrowsAsync<BackEndException>(() => _mesh.ApplyAsync(Links, CancellationToken.None));
        Assert.Contains("11 of 27 changes were made, and then: no database", failure.Message, StringComparison.Ordinal);

        Assert.Equal(16, (await _mesh.ApplyAsync(Links, CancellationToken.None)).Changes.Count);
        Assert.Empty((await _mesh.PlanAsync(Links, CancellationToken.None)).Changes);
    }

    private static int Count(MeshPlan plan, MeshPart part) => plan.Changes.Count(change => change.Part == part);

    private static MeshLink Link(string name, string first, string? firstAddress, string second, string secondAddress) =>
        new(name, first, firstAddress is null ? null : IPAddress.Parse(firstAddress), second, IPAddress.Parse(secondAddress), PacingProfile.Find("25G")!);
}
