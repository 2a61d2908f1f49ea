namespace Actors.Clients.Tests;

/// <summary>kcat from Debian.</summary>
public sealed class KcatTests() : ForeignClientTests(new KcatClient());

/// <summary>Debian's librdkafka through Confluent.Kafka.</summary>
public sealed class ConfluentTests() : ForeignClientTests(new ConfluentClient());

/// <summary>Debian's python3-kafka.</summary>
public sealed class PythonKafkaTests() : ForeignClientTests(ScriptClient.PythonKafka);

/// <summary>kafkajs from npm.</summary>
public sealed class KafkaJsTests() : ForeignClientTests(ScriptClient.KafkaJs);

/// <summary>@platformatic/kafka from npm.</summary>
public sealed class PlatformaticTests() : ForeignClientTests(ScriptClient.Platformatic);
