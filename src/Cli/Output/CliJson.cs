using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Actors.Cli.Agents;
using Actors.Cli.Agents.Scale;
using Actors.Cli.Bench;
using Actors.Cli.Nodes;
using Actors.Cli.Status;
using Actors.Cli.Storage;
using Actors.Cli.Topics;

namespace Actors.Cli.Output;

/// <summary>The JSON forms of results; their names and meanings are what scripts rely on.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TopicList))]
[JsonSerializable(typeof(TopicDescriptions))]
[JsonSerializable(typeof(TopicChanges))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(HttpStatus))]
[JsonSerializable(typeof(ProduceReport))]
[JsonSerializable(typeof(FetchReport))]
[JsonSerializable(typeof(IdleReport))]
[JsonSerializable(typeof(TokenWish))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(HttpTokens))]
[JsonSerializable(typeof(TokenList))]
[JsonSerializable(typeof(RevokedTokens))]
[JsonSerializable(typeof(ForgottenAgents))]
[JsonSerializable(typeof(HttpRefusal))]
[JsonSerializable(typeof(PeerExplanation))]
[JsonSerializable(typeof(ScaleReport))]
[JsonSerializable(typeof(HttpPolicies))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(PolicyChanges))]
[JsonSerializable(typeof(DeletedPolicies))]
[JsonSerializable(typeof(VolumeList))]
[JsonSerializable(typeof(VolumeView))]
[JsonSerializable(typeof(VolumeOutcome))]
[JsonSerializable(typeof(MigrationWish))]
[JsonSerializable(typeof(OrderTaken))]
[JsonSerializable(typeof(NewPoolWish))]
[JsonSerializable(typeof(PoolOutcome))]
[JsonSerializable(typeof(NewVolumeWish))]
[JsonSerializable(typeof(VolumeAddress))]
[JsonSerializable(typeof(DetachedVolume))]
[JsonSerializable(typeof(PoolList))]
[JsonSerializable(typeof(LinkList))]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(AcceptedStorage))]
[JsonSerializable(typeof(MeshView))]
internal sealed partial class CliJson : JsonSerializerContext;
