'use strict'

const { setTimeout: pause } = require('node:timers/promises')
const Redis = require('ioredis')
const { isRedsyncError, Redsync } = require('@redsync/core')
const { ioredisNode } = require('@redsync/ioredis')

const redis = new Redis(process.env.REDIS_URL)
const redlock = new Redsync([ioredisNode(redis)], { tries: 4, retryDelay: 50 })

async function transfer(from, to) {
  const [one, other] = await Promise.all([redlock.mutex(from, { expiry: 60_000 }).lock(), redlock.mutex(to, { expiry: 60_000 }).lock()])
  try {
    return await redis.exists(from, to)
  } finally {
    await Promise.all([one.unlock(), other.unlock()])
  }
}

async function busy(name) {
  const held = await redlock.mutex(name, { expiry: 60_000 }).lock()
  try {
    await redlock.mutex(name, { expiry: 60_000, tries: 1 }).lock()
    return 'twice'
  } catch (err) {
    if (isRedsyncError(err)) return 'busy'
    throw err
  } finally {
    await held.unlock()
  }
}

async function waits(name) {
  const held = await redlock.mutex(name, { expiry: 60_000 }).lock()
  const next = redlock.mutex(name, { expiry: 60_000, tries: Infinity, retryDelay: () => 10 + Math.random() * 20 }).lock()
  await pause(100)
  await held.unlock()
  const lock = await next
  await lock.unlock()
  return 'came next'
}

async function main() {
  console.log(await transfer('x', 'y'))
  console.log(await busy('z'))
  console.log(await waits('z'))
  console.log(await redis.exists('x', 'y', 'z'))
  redis.disconnect()
}

main()
