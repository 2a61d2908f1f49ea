using System.Globalization;
using Actors.Gateway.Agents;
using Actors.Grains;
using Actors.Grains.Topics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Nodes;

/// <summary>
/// <c>/api/v1/nodes</c>: the nodes that have ever started, and the way for one to come back without its records. Any silo answers for all.
/// Who looks may be anybody; who has a storage accepted knows the silo's secret and is on its machine.
/// </summary>
internal static class NodesApi
{
    private const string Root = "/api/v1/nodes";

    /// <summary>Adds the addresses.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root, static context => AnswerAsync(context, ListAsync));
        endpoints.MapPut(Root + "/{nodeId:int}/storage/{storageId:guid}", static context => AnswerAsync(context, AcceptAsync, RefuseChanging(context)));
    }

    private static IResult? RefuseChanging(HttpContext context)
    {
        if (!Caller.IsLocal(context) || Caller.IsForeignPage(context))
        {
            return AgentsApi.Refuse(
                StatusCodes.Status403Forbidden, "not allowed", ["A node's storage is accepted on the machine of a silo, by an address such as 127.0.0.1 and through no proxy."]);
        }

        if (context.RequestServices.GetRequiredService<HubSecret>().IsKnownTo(Caller.BearerOf(context))) return null;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return AgentsApi.Refuse(
            StatusCodes.Status401Unauthorized,
            "unauthorized",
            ["Who has a node's storage accepted knows the secret of the silo that is asked: the text of the file agents.secret in its data folder, sent as Authorization: Bearer …."]);
    }

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<IResult>> answer, IResult? refusal = null)
    {
        IResult result;
        try
        {
            result = refusal ?? await answer(context);
        }
        catch (TopicStoreException failure)
        {
            context.Response.Headers.RetryAfter = "1";
            result = AgentsApi.Refuse(StatusCodes.Status503ServiceUnavailable, "not ready", [failure.Message]);
        }

        await result.ExecuteAsync(context);
    }

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var live = Live(context);
        var known = await Store(context).LoadNodesAsync(context.RequestAborted);
        return TypedResults.Json(
            new NodesAnswer([.. known.Select(node => new NodeAnswer(node.NodeId, live.Has(node.NodeId), node.Incarnation, node.StorageId))]), NodesApiJson.Default.NodesAnswer);
    }

    private static async Task<IResult> AcceptAsync(HttpContext context)
    {
        // Of these forms, as the address demands.
        var nodeId = int.Parse((string)context.Request.RouteValues["nodeId"]!, CultureInfo.InvariantCulture);
        var accepted = Guid.Parse((string)context.Request.RouteValues["storageId"]!);
        var store = Store(context);
        var known = await store.LoadNodesAsync(context.RequestAborted);
        if (known.FirstOrDefault(node => node.NodeId == nodeId) is not { } node)
        {
            return AgentsApi.Refuse(
                StatusCodes.Status404NotFound,
                "unknown",
                [$"Node {nodeId} has never started here, so it may start with any storage. There are {string.Join(", ", known.Select(static one => one.NodeId))}."]);
        }

        if (Live(context).Has(nodeId))
        {
            return AgentsApi.Refuse(
                StatusCodes.Status409Conflict, "in use", [$"Node {nodeId} runs, with the storage {node.StorageId:D}. Only a node that does not run, and refuses to start, needs another one."]);
        }

        if (known.FirstOrDefault(other => other.NodeId != nodeId && other.StorageId == accepted) is { } owner)
        {
            return AgentsApi.Refuse(
                StatusCodes.Status409Conflict, "in use", [$"The storage {accepted:D} is that of node {owner.NodeId}. The silo that finds it there has the data folder, or the number, of another node."]);
        }

        if (node.StorageId != accepted && !await store.TryAcceptStorageAsync(nodeId, node.StorageId, accepted, context.RequestAborted))
            return AgentsApi.Refuse(StatusCodes.Status409Conflict, "changed meanwhile", [$"Node {nodeId} has got another storage meanwhile. 'actors nodes list' shows it."]);
        return TypedResults.Json(AnswerOf(context, node, accepted), NodesApiJson.Default.AcceptedStorageAnswer);
    }

    /// <summary>Each partition has one copy, so what the node led begins anew.</summary>
    private static AcceptedStorageAnswer AnswerOf(HttpContext context, StoredNode node, Guid accepted)
    {
        var emptied = context.RequestServices.GetRequiredService<TopicCatalog>().Current.Topics
            .Select(topic => new EmptiedTopic(topic.Name, [.. topic.Partitions.Where(row => row.Replicas is [var only] && only == node.NodeId).Select(static row => row.Index)]))
            .Where(static topic => topic.Partitions.Count > 0);
        return new(node.NodeId, node.StorageId, accepted, node.StorageId == accepted ? [] : [.. emptied]);
    }

    private static ITopicStore Store(HttpContext context) => context.RequestServices.GetRequiredService<ITopicStore>();

    private static ClusterNodes Live(HttpContext context) => context.RequestServices.GetRequiredService<IClusterNodes>().Current;
}
