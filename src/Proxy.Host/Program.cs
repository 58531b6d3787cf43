using Proxy.Host;

return await new HostApplication(Console.Out, Console.Error).RunAsync(args);
