import { describe, expect, it } from '@jest/globals';
import { ConfigError } from './config-error.ts';
import { explainStartError } from './explain-start-error.ts';

const env = { RABBITMQ_URL: 'amqp://u:hidden@mq.example:5672/v', DATABASE_URL: 'postgres://u:hidden@127.0.0.1:55432/d', REDIS_URL: 'redis://localhost' };
const error = (message: string, facts: object = {}) => Object.assign(new Error(message), facts);
const explain = (problem: unknown) => explainStartError(problem, env);

describe('explaining a start that failed', () => {
  it.each([
    ['a port in use', error('listen EADDRINUSE', { code: 'EADDRINUSE', port: 8701, address: '127.0.0.1' }), /端口 8701 已被占用/, /port 8701 on 127\.0\.0\.1 is in use: stop the program that holds it, or set PORT/],
    ['a RabbitMQ that is away', error('RabbitMQ at mq.example:5672/v: connect ECONNREFUSED 10.0.0.1:5672', { code: 'ECONNREFUSED' }), /RabbitMQ（mq\.example:5672）连不上/, /RabbitMQ at mq\.example:5672 does not answer \(ECONNREFUSED\): start it, or correct RABBITMQ_URL/],
    ['a PostgreSQL that is away', error('', { code: 'ECONNREFUSED', address: '127.0.0.1', port: 55432 }), /PostgreSQL（127\.0\.0\.1:55432）连不上/, /correct DATABASE_URL/],
    ['a Redis that is away', error('connect ECONNREFUSED 127.0.0.1:6379', { code: 'ECONNREFUSED', address: '127.0.0.1', port: 6379 }), /Redis（localhost:6379）连不上/, /correct REDIS_URL/],
    ['a server unknown to the configuration', error('connect ECONNREFUSED 10.1.1.1:99', { code: 'ECONNREFUSED', address: '10.1.1.1', port: 99 }), /服务器（10\.1\.1\.1:99）连不上/, /a server at 10\.1\.1\.1:99/],
    ['a wrong RabbitMQ password', error('Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused"'), /RabbitMQ 拒绝登录/, /password in RABBITMQ_URL/],
    ['a vhost that is not there', error('530 (NOT-ALLOWED) with message "NOT_ALLOWED - vhost v not found"'), /虚拟主机/, /add_vhost/],
    ['a queue with other arguments', error('q exists on RabbitMQ with other arguments (x).'), /已有 q，但参数不同.*delete_queue/, /with other arguments/],
    ['a wrong PostgreSQL password', error('password authentication failed for user "u"', { code: '28P01' }), /PostgreSQL 拒绝登录/, /password in DATABASE_URL/],
    ['a database that is not there', error('database "d" does not exist', { code: '3D000' }), /没有 DATABASE_URL 指定的数据库/, /createdb/],
    ['a wrong Redis password', error('WRONGPASS invalid username-password pair or user is disabled.'), /Redis 拒绝登录/, /password in REDIS_URL/],
    ['a Redis that wants a password', error('NOAUTH Authentication required.'), /Redis 拒绝登录/, /REDIS_URL/],
  ])('says what to do about %s', (_case, problem, zh, en) => {
    expect(explain(problem).zh).toMatch(zh);
    expect(explain(problem).en).toMatch(en);
  });

  it('finds the cause inside wrappers and aggregates', () => {
    const inside = new AggregateError([error('connect ECONNREFUSED ::1:55432', { code: 'ECONNREFUSED', address: '::1', port: 55_432 }), error('x', { code: 'ECONNREFUSED', address: '127.0.0.1', port: 55_432 })]);
    expect(explain(error('module could not be made', { cause: inside })).en).toMatch(/PostgreSQL at 127\.0\.0\.1:55432/);
  });

  it('passes on an error that says itself what to do, in one line and without passwords', () => {
    const problem = new ConfigError([{ field: 'PORT', given: '"x"', allowed: 'a whole number' }]);
    expect(explain(problem).en).toBe(problem.message);
    expect(explain(problem).zh).toBe('配置不能用：PORT：现为 "x"，应为 整数');
    expect(explain(error('first\n  second amqp://u:hidden@h')).en).toBe('first second amqp://***@h');
    expect(explain('a string').en).toBe('a string');
  });
});
