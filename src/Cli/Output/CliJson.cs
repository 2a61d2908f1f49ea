using System.Text.Json.Serialization;
using Actors.Cli.Agents;
using Actors.Cli.Agents.Scale;
using Actors.Cli.Bench;
using Actors.Cli.Status;
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
[JsonSerializable(typeof(HttpRefusal))]
[JsonSerializable(typeof(PeerExplanation))]
[JsonSerializable(typeof(ScaleReport))]
internal sealed partial class CliJson : JsonSerializerContext;
